/** One number that a workload measures. */
export interface Figure {
  /** What is counted, e.g. "posts acknowledged". */
  title: string;
  /** Written behind the value: "/s", "ms", "KB". */
  unit: string;
  better: "higher" | "lower";
}

/** What a workload declares of itself for the report. */
export interface Declaration {
  /** e.g. "Fan-out: one writer, many who follow". */
  title: string;
  /** By the names that results use, in the order in which they are printed. */
  figures: Record<string, Figure>;
  /** The figure that the chart shows. */
  ratio_of: string;
}

/** Shares of one core, 1 = all of it, while a result was measured. */
export interface CpuShares {
  server: number;
  load: number;
  postgres: number;
}

/** One measurement: one peer, one window of time. */
export interface Result {
  /** A key of the run's `workloads`. */
  workload: string;
  /** Which case of the workload, e.g. "500 subscribers, pipelined"; "" where there is only one. */
  variant: string;
  peer: string;
  /** 1, 2, 3 …; peers are compared within a round only. */
  round: number;
  /** Values by the figures' names, in their units. */
  figures: Record<string, number>;
  cpu: CpuShares | null;
}

/** Where a run took place. */
export interface Machine {
  cpu: string;
  cores: number;
  memory_gib: number;
  os: string;
  node: string;
  postgres: string;
  /** Read back from the server: what makes a commit durable. */
  postgres_settings: Record<string, string>;
  redis: string;
  /** The commit of this repository, with "+" when files were changed since. */
  commit: string;
  /** ISO 8601, UTC. */
  date: string;
}

/** A whole run, as it is written to a file. */
export interface Run {
  machine: Machine;
  /** Small figures from short windows, to see that all works; not for a table in a document. */
  quick: boolean;
  workloads: Record<string, Declaration>;
  results: Result[];
  /** What the reader must know, one sentence each, e.g. that nothing was pinned. */
  remarks: string[];
}
