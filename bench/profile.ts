import { readdir, readFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";

/** A CPU profile as V8 writes it (chromedevtools.github.io/devtools-protocol, Profiler.Profile). */
interface CpuProfile {
  nodes: {
    id: number;
    callFrame: { functionName: string; url: string; lineNumber: number };
  }[];
  /** The node at the top of the stack at each sample. */
  samples: number[];
  /** Microseconds from each sample to the one before. */
  timeDeltas: number[];
}

const IDLE = "(idle)";
const TOP = 20;

/** What makes Node leave a CPU profile in a folder when the process ends. */
export function profileArguments(folder: string): string[] {
  return ["--cpu-prof", "--cpu-prof-dir", folder];
}

/**
 * Lists where the processes of a folder's CPU profiles spent their time, one table each.
 * @returns Markdown: the functions by the time spent in themselves, without what they called
 */
export async function printProfiles(folder: string): Promise<string> {
  const files = (await readdir(folder)).filter((file) => file.endsWith(".cpuprofile")).sort();
  const tables = files.map(async (file) => {
    const profile = JSON.parse(await readFile(join(folder, file), "utf8"));
    return `${join(folder, file)}\n\n${printProfile(profile)}`;
  });
  return (await Promise.all(tables)).join("\n");
}

function printProfile({ nodes, samples, timeDeltas }: CpuProfile): string {
  const names = new Map(nodes.map(({ id, callFrame }) => [id, nameOf(callFrame)]));
  const times = new Map<string, number>();
  samples.forEach((id, index) => {
    const name = names.get(id)!;
    times.set(name, (times.get(name) ?? 0) + timeDeltas[index]! / 1000);
  });
  const idle = times.get(IDLE) ?? 0;
  times.delete(IDLE);
  const busy = [...times.values()].reduce((sum, time) => sum + time, 0);
  const top = [...times].sort(([, a], [, b]) => b - a).slice(0, TOP);
  const share = (time: number) => `${((100 * time) / busy).toFixed(1)}%`;
  return [
    `Busy ${Math.round(busy)} ms, idle ${Math.round(idle)} ms, from the start of the process to its end.`,
    "",
    "| self ms | share | function |",
    "| ------: | ----: | :------- |",
    ...top.map(
      ([name, time]) =>
        `| ${String(Math.round(time)).padStart(7)} | ${share(time).padStart(5)} | ${name} |`,
    ),
    "",
  ].join("\n");
}

function nameOf({ functionName, url, lineNumber }: CpuProfile["nodes"][number]["callFrame"]) {
  const name = functionName || "(anonymous)";
  if (url === "") return name; // the virtual machine's own, such as (garbage collector)
  const path = url.startsWith("file://") ? relative(process.cwd(), fileURLToPath(url)) : url;
  return `${name} ${path.replace(/^.*node_modules\//, "")}:${lineNumber + 1}`;
}
