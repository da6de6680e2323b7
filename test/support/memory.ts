import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

const SAMPLE_MS = 50;

/** The memory of a process that is not swapped out, in MB of 2^20 bytes. */
export function residentMb(pid: number): number {
  const kilobytes =
    process.platform === "linux"
      ? /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]
      : execFileSync("ps", ["-o", "rss=", "-p", String(pid)], { encoding: "utf8" });
  return Number(kilobytes) / 1024;
}

/**
 * Watches a process while something happens.
 * @returns the most memory it had meanwhile, in MB
 */
export async function peakMb(pid: number, happening: () => Promise<unknown>): Promise<number> {
  let peak = residentMb(pid);
  const sample = () => {
    peak = Math.max(peak, residentMb(pid));
  };
  const timer = setInterval(sample, SAMPLE_MS);
  try {
    await happening();
  } finally {
    clearInterval(timer);
  }
  sample();
  return peak;
}
