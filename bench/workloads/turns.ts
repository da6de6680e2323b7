import { io, type Socket } from "socket.io-client";
import type { Bench } from "../load/bench.ts";
import { OWNER_TOKEN } from "../load/dialects/taskmaster.ts";
import { Latencies } from "../load/latencies.ts";
import type { Workload } from "./workload.ts";

const BOTS = 3;

interface Opened {
  readonly kind: string;
  readonly agent_id: string | null;
  readonly data?: { readonly event?: string };
}

/** How long after one bot sent its answer the next one holds the turn; the commit is within it. */
const turnsOver = (nodes: 1 | 2): Workload => ({
  title: `Turns: ${BOTS} bots in a round robin, on ${nodes === 1 ? "one node" : "two nodes"}`,
  figures: {
    p50: { title: "answer to the next bot's turn, p50", unit: "ms", better: "lower" },
    p99: { title: "answer to the next bot's turn, p99", unit: "ms", better: "lower" },
  },
  ratio_of: "p50",
  peers: ["taskmaster"],
  nodes,
  cases: (quick) => [{ variant: "", run: (bench) => run(bench, quick ? 200 : 1000) }],
});

export const turns = turnsOver(1);
export const turnsOnTwoNodes = turnsOver(2);

async function run(bench: Bench, count: number): Promise<Record<string, number>> {
  const { urls } = bench.target;
  const owner = await open(urls[0]!, OWNER_TOKEN);
  const config = { max_turns: count };
  const team = await call(owner, "team.create", { name: "Bench", type: "round_robin", config });
  const bots: { agent_id: string; socket: Socket }[] = [];
  for (let index = 0; index < BOTS; index += 1) {
    const name = `Bot ${index}`;
    const { id: agent_id } = await call(owner, "agent.create", { name, type: "assistant" });
    await call(owner, "team.add_agent", { team_id: team.id, agent_id });
    const { token } = await call(owner, "token.create", { name, agent_id });
    bots.push({ agent_id: agent_id!, socket: await open(urls[index % urls.length]!, token!) });
  }
  const { id: session_id } = await call(owner, "session.create", { title: "B", team_id: team.id });

  const latencies = new Latencies();
  let sent = 0;
  let opened = 0;
  const answers: Promise<unknown>[] = [];
  const done = new Promise<void>((resolve) => {
    for (const { agent_id, socket } of bots) {
      socket.on("entries", ({ entries }: { entries: Opened[] }) => {
        for (const entry of entries) {
          if (entry.data?.event === "run.stopped") resolve();
          if (entry.data?.event !== "turn.opened" || entry.agent_id !== agent_id) continue;
          // The first turn follows the prompt, not an answer.
          if (opened > 0) latencies.add(performance.now() - sent);
          opened += 1;
          sent = performance.now();
          answers.push(call(socket, "message.post", { session_id, content: `answer ${opened}` }));
        }
      });
    }
  });
  for (const { socket } of bots) await call(socket, "session.join", { session_id, after: 0 });
  await bench.measure(async () => {
    await call(owner, "prompt.post", { session_id, content: "go" });
    await done;
    await Promise.all(answers);
  });
  for (const socket of [owner, ...bots.map((bot) => bot.socket)]) socket.disconnect();
  if (opened !== count) throw new Error(`${opened} turns were opened instead of ${count}`);
  return { p50: latencies.quantile(0.5), p99: latencies.quantile(0.99) };
}

async function open(url: string, token: string): Promise<Socket> {
  const socket = io(url, { auth: { token }, transports: ["websocket"], forceNew: true });
  await new Promise<void>((resolve, reject) => {
    socket.once("connect", resolve);
    socket.once("connect_error", reject);
  });
  return socket;
}

async function call(
  socket: Socket,
  name: string,
  input: object,
): Promise<{ id?: string; token?: string }> {
  const reply = await socket.emitWithAck(name, input);
  if (!reply.ok) throw new Error(`${name} was refused: ${JSON.stringify(reply.error)}`);
  return reply.data;
}
