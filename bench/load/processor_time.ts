import { readdirSync, readFileSync } from "node:fs";

/** Linux counts the time of processes in hundredths of a second (USER_HZ). */
const TICKS_PER_SECOND = 100;

/** Seconds of processor time, by who used them. */
export interface ProcessorTime {
  readonly generator: number;
  readonly server: number;
  readonly postgres: number;
}

/**
 * Reads how much processor time each side has used so far; 0 where there is no /proc.
 * @param servers process ids of the server under test
 * @param postgres process id of PostgreSQL's first process
 */
export function processorTime(servers: readonly number[], postgres: number): ProcessorTime {
  const { user, system } = process.cpuUsage();
  return {
    generator: (user + system) / 1e6,
    server: servers.reduce((sum, pid) => sum + (stat(pid)?.own ?? 0), 0),
    postgres: family(postgres),
  };
}

/** Resident memory of a process in bytes. */
export function residentBytes(pid: number): number {
  const [, kilobytes] = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))!;
  return Number(kilobytes) * 1024;
}

interface Stat {
  readonly parent: number;
  /** Seconds it used itself, and seconds of its children that have ended. */
  readonly own: number;
  readonly ended: number;
}

/** See proc_pid_stat(5): after the name in brackets come state, ppid, …, utime (14th) to cstime (17th). */
function stat(pid: number): Stat | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "latin1");
    const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
    const [user, system, endedUser, endedSystem] = fields.slice(11, 15).map(Number);
    return {
      parent: Number(fields[1]),
      own: (user! + system!) / TICKS_PER_SECOND,
      ended: (endedUser! + endedSystem!) / TICKS_PER_SECOND,
    };
  } catch {
    return null; // it has ended meanwhile, or this is not Linux
  }
}

function family(pid: number): number {
  const first = stat(pid);
  if (!first) return 0;
  const children = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map((name) => stat(Number(name)))
    .filter((child) => child?.parent === pid);
  return children.reduce((sum, child) => sum + child!.own, first.own + first.ended);
}
