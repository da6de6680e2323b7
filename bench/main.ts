import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { Command, Option } from "commander";
import { type Cores, shareCores } from "./cores.ts";
import { dialects, type PeerName } from "./load/dialects/index.ts";
import type { Job, Measured } from "./load/main.ts";
import { model } from "./model.ts";
import { findPgbench, measurePostgres, postgresAlone } from "./pgbench.ts";
import { printProfiles, profileArguments } from "./profile.ts";
import { drawChart } from "./report/chart.ts";
import { describeMachine } from "./report/machine.ts";
import { REFERENCE } from "./report/ratios.ts";
import type { Declaration, Result, Run } from "./report/result.ts";
import { digits, printTable } from "./report/table.ts";
import { type Running, type Stage, startStage } from "./stage.ts";
import { workloads } from "./workloads/index.ts";
import type { Workload } from "./workloads/workload.ts";

interface Options {
  quick: boolean;
  rounds?: number;
  peers: string[];
  out?: string;
  profile: boolean;
}

/** Beside the workloads: no server takes part in it. */
const POSTGRES = "postgres";
const declarations: Record<string, Declaration> = { ...workloads, [POSTGRES]: postgresAlone };

/** No case takes nearly as long: a server that still owes something then will never send it. */
const PATIENCE_MS = 15 * 60_000;

const list = (text: string) => text.split(",");

const program = new Command("bench")
  .description("Measures Taskmaster beside other servers; see bench/README.md")
  .argument(
    "[workload...]",
    `which to run: ${Object.keys(declarations).join(", ")}; all by default`,
  )
  .option("--quick", "one round of short windows, to see that all works", false)
  .addOption(new Option("--rounds <number>", "rounds to run, 5 by default").argParser(Number))
  .option("--peers <names>", "servers to measure, with commas between", list, Object.keys(dialects))
  .option("--out <folder>", "where to leave the results as JSON and as a chart")
  .option("--profile", "one round of Taskmaster, to see where its processor time goes", false)
  .action(run);
program
  .command("model")
  .description("reckons what larger installations need, and draws docs/curve.svg")
  .action(() => model("docs"));
await program.parseAsync();

async function run(names: string[], options: Options): Promise<void> {
  const chosen = names.length > 0 ? names : Object.keys(declarations);
  for (const name of chosen) if (!declarations[name]) program.error(`there is no workload ${name}`);
  const cores = shareCores();
  const profiles = options.profile ? await profileFolder(options.out) : null;
  if (profiles) Object.assign(options, { rounds: 1, peers: ["taskmaster"] });
  const stage = await startStage(cores, profiles ? profileArguments(profiles) : []);
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => void stage.stop().finally(() => process.exit(1)));
  }
  try {
    const machine = await describeMachine(stage.database_url, stage.redis_url);
    const report: Run = {
      machine,
      quick: options.quick,
      workloads: Object.fromEntries(chosen.map((name) => [name, declarations[name]!])),
      results: [],
      remarks: remarks(cores),
    };
    for (const name of chosen) {
      const results =
        name === POSTGRES
          ? await runPgbench(stage, cores, options, report.remarks)
          : await runWorkload(stage, name, workloads[name]!, options);
      report.results.push(...results);
    }
    console.log(printTable(report));
    if (profiles) console.log(await printProfiles(profiles));
    if (options.out) await leave(report, options.out);
  } finally {
    await stage.stop();
  }
}

/** Rounds are interleaved, so that what disturbs the machine disturbs all peers alike. */
async function runWorkload(
  stage: Stage,
  name: string,
  workload: Workload,
  { quick, rounds = quick ? 1 : 5, peers }: Options,
): Promise<Result[]> {
  const measured = workload.peers.filter((peer) => peers.includes(peer));
  const running = new Map<PeerName, Running>();
  const stopAll = async () => {
    for (const { stop } of running.values()) await stop();
    running.clear();
  };
  const load = startLoad();
  const results: Result[] = [];
  for (const { variant } of workload.cases(quick)) {
    for (let round = 1; round <= rounds; round += 1) {
      for (const peer of measured) {
        if (workload.fresh) await stopAll();
        const server = running.get(peer) ?? (await stage.start(peer, workload.nodes));
        running.set(peer, server);
        const { target } = server;
        const answer = await load.measure({ target, workload: name, variant, quick });
        results.push({ workload: name, variant, peer, round, ...answer });
        console.error(progress(workload, results.at(-1)!));
      }
    }
  }
  load.stop();
  await stopAll();
  return results;
}

/** PostgreSQL with nothing before it, where there is a pgbench to ask it. */
async function runPgbench(
  stage: Stage,
  cores: Cores | null,
  { quick, rounds = quick ? 1 : 5 }: Options,
  remarks: string[],
): Promise<Result[]> {
  const found = await findPgbench();
  if (found) return measurePostgres(stage.database_url, cores?.server, rounds, quick ? 2 : 5);
  remarks.push("There is no pgbench on this machine, so PostgreSQL was not measured alone.");
  return [];
}

/** The load generator, a process of its own on the core that this one left to it. */
function startLoad(): { measure(job: Job): Promise<Measured>; stop(): void } {
  const child = fork(join(import.meta.dirname, "load/main.ts"), {
    execArgv: ["--import", "tsx"],
  });
  const ended = once(child, "exit").then(() => {
    throw new Error("the load generator ended; what it saw is above");
  });
  ended.catch(() => {}); // it may also end because it was told to
  return {
    async measure(job) {
      const { workload, variant, target } = job;
      const answer = once(child, "message", { signal: AbortSignal.timeout(PATIENCE_MS) }).catch(
        (cause) => {
          throw new Error(`${target.peer} did not finish ${workload} ${variant}`, { cause });
        },
      );
      child.send(job);
      const [measured] = (await Promise.race([answer, ended])) as [Measured];
      return measured;
    },
    stop: () => child.kill(),
  };
}

function progress({ figures }: Workload, result: Result): string {
  const values = Object.entries(result.figures).map(
    ([name, value]) => `${figures[name]!.title} ${digits(value)} ${figures[name]!.unit}`,
  );
  return `${result.workload} ${result.variant} · round ${result.round} · ${result.peer}: ${values.join(", ")}`;
}

function remarks(cores: Cores | null): string[] {
  if (!cores)
    return [
      "Nothing was pinned to a core, so the peers disturbed each other: not comparable with other runs.",
    ];
  const { server, load, postgres } = cores;
  return [
    `The server ran on core ${server}, the load generator on ${load}, PostgreSQL and Redis on ${postgres}.`,
    `Ratios are to ${REFERENCE} in the same round.`,
  ];
}

async function profileFolder(out: string | undefined): Promise<string> {
  if (out === undefined) return mkdtemp(join(tmpdir(), "taskmaster_profile_"));
  await mkdir(out, { recursive: true });
  return resolve(out);
}

async function leave(report: Run, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "results.json"), `${JSON.stringify(report, null, 2)}\n`);
  await writeFile(join(folder, "chart.svg"), drawChart(report));
}
