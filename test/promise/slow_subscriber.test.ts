import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { expect } from "chai";
import { connect, Follower, type TestClient } from "../support/client.ts";
import { createDatabase, type TestDatabase } from "../support/database.ts";
import { type Digest, digestOf } from "../support/digest.ts";
import { peakMb } from "../support/memory.ts";
import { startNode, type TestNode } from "../support/node.ts";
import { postComments } from "../support/posting.ts";
import { programOf } from "../support/programs.ts";

const ENTRIES = 100_000;
const WARM_UP = 50_000;
const LIMIT_MB = 64;
const KILOBYTE = "x".repeat(1000);

describe("a subscriber that stops reading", () => {
  let database: TestDatabase;
  let node: TestNode;
  let writers: TestClient[];

  before(async () => {
    database = await createDatabase();
    // What is kept in memory for everybody is bounded by itself, and would hide what one costs.
    node = await startNode({ DATABASE_URL: database.url, STREAM_CACHE_BYTES: "0" });
    writers = await Promise.all(Array.from({ length: 4 }, () => connect(node.url)));
  });

  after(async () => {
    for (const writer of writers) writer.close();
    await node.stop();
    await database.drop();
  });

  it("costs bounded memory, slows nobody, and gets everything when it reads again", async function () {
    this.timeout(180_000);
    const session_id = (await writers[0]!.call("session.create", { title: "Slow" })).id;
    const healthy = await Follower.join(await connect(node.url), session_id, 0);
    const delays = delaysOf(healthy);
    const post = (count: number) =>
      postComments(writers, session_id, count, (number) => `${number} ${KILOBYTE}`);

    // The same load without anybody paused: what the node needs for its own work.
    const usual = await peakMb(node.process.pid!, () => post(WARM_UP));
    await healthy.reached(WARM_UP);
    const before = summary(delays.splice(0));

    const last = WARM_UP + ENTRIES;
    const paused = followInProcess(node.url, session_id, WARM_UP, last);
    expect(await paused.nextLine()).to.equal("joined");
    paused.process.kill("SIGSTOP");

    let seconds = 0;
    const peak = await peakMb(node.process.pid!, async () => {
      seconds = await post(ENTRIES);
      await healthy.reached(last);
    });
    const during = summary(delays.splice(0));
    expect(healthy.seqs).to.deep.equal(Array.from({ length: last }, (_, index) => index + 1));
    expect(peak - usual, "MB more than under the same load alone").to.be.below(LIMIT_MB);

    const woken = performance.now();
    paused.process.kill("SIGCONT");
    const got = JSON.parse(await paused.nextLine()) as Digest;
    const catchUp = (performance.now() - woken) / 1000;
    expect(got).to.deep.equal(digestOf(healthy.entries.slice(WARM_UP)));
    expect(got).to.include({ count: ENTRIES, inOrder: true });
    healthy.client.close();
    await paused.ended;

    console.log(
      `      ${ENTRIES} entries of 1 KB in ${seconds.toFixed(1)} s; memory peak ${usual.toFixed(0)} MB alone, ` +
        `${peak.toFixed(0)} MB with a paused subscriber; the healthy one's delay ${before} alone, ` +
        `${during} beside it; the paused one caught up in ${catchUp.toFixed(1)} s`,
    );
  });
});

/** Notes, for each frame of a follower, the milliseconds since its last entry was made. */
function delaysOf(follower: Follower): number[] {
  const delays: number[] = [];
  follower.client.socket.on("entries", ({ entries }: { entries: { created_at: string }[] }) => {
    delays.push(Date.now() - Date.parse(entries.at(-1)!.created_at));
  });
  return delays;
}

function summary(delays: number[]): string {
  const sorted = delays.sort((one, other) => one - other);
  const quantile = (part: number) => sorted[Math.floor((sorted.length - 1) * part)];
  return `p50 ${quantile(0.5)} ms, p99 ${quantile(0.99)} ms`;
}

function followInProcess(
  url: string,
  session_id: string,
  after: number,
  until: number,
): { process: ChildProcess; nextLine(): Promise<string>; ended: Promise<unknown> } {
  const args = [programOf("test/support/follower_process.ts")];
  const child = spawn(process.execPath, [...args, url, session_id, String(after), String(until)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    process: child,
    nextLine: async () => (await lines.next()).value ?? "the process ended",
    ended: once(child, "exit"),
  };
}
