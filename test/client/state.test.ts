import { expect } from "chai";
import { Client, emptyState, reduce, type SessionState } from "../../client/index.ts";
import type { Entry } from "../../contract/entry.ts";
import type { JsonObject } from "../../contract/json.ts";
import { connect, type TestClient } from "../support/client.ts";
import { createDatabase, type TestDatabase } from "../support/database.ts";
import { OWNER_TOKEN, startNode, type TestNode } from "../support/node.ts";
import { newPerson } from "../support/people.ts";
import { makeTeam, type OpenedTurn, sayOnce, TestBot, type TestTeam } from "../support/team.ts";

const session_id = "018f0000-0000-7000-8000-000000000000";
const [ada, bob] = ["018f0000-0000-7000-8000-0000000000aa", "018f0000-0000-7000-8000-0000000000bb"];

/** Makes a stream of what entries differ in. */
function streamOf(...entries: object[]): Entry[] {
  const created_at = "2026-01-01T00:00:00.000Z";
  const common = { id: session_id, session_id, created_at, user_id: null, team_id: null };
  return entries.map((entry, index) => ({ ...common, seq: index + 1, ...entry }) as Entry);
}

const log = (type: string, agent_id: string | null, data: JsonObject) => ({
  kind: "log_entry",
  type,
  agent_id,
  message: "x",
  data,
});
const fold = (entries: readonly Entry[], from = emptyState(session_id)) =>
  entries.reduce(reduce, from);

describe("a session's state", () => {
  it("adds up tokens in their buckets, by agent and by model, whatever a model is called", () => {
    const { totals } = fold(
      streamOf(
        log("token_usage", ada, { model: "constructor", input: 5, output: 1, cached_input: 2 }),
        log("token_usage", ada, { model: "__proto__", input: 1, output: 1, reasoning: 7 }),
        log("token_usage", bob, { model: "constructor", input: 1, output: 0, cache_write: 3 }),
        log("token_usage", null, { model: "constructor", input: 1, output: 0 }),
      ),
    );
    const sum = { input: 8, output: 2, cached_input: 2, cache_write: 3, reasoning: 7 };
    expect(totals.tokens).to.deep.equal(sum);
    expect(totals.agents.map(({ agent_id, tokens }) => [agent_id, tokens.input])).to.deep.equal([
      [ada, 6],
      [bob, 1],
    ]);
    expect(totals.models.map(({ model, tokens }) => [model, tokens.input])).to.deep.equal([
      ["constructor", 7],
      ["__proto__", 1],
    ]);
  });

  it("adds up money exactly, by currency", () => {
    const costs = ["0.1", "0.20", "1000000000000000.000000000000000001"];
    const { totals } = fold(
      streamOf(
        ...costs.map((amount) => log("cost", ada, { amount, currency: "USD" })),
        log("cost", ada, { amount: "3", currency: "EUR" }),
      ),
    );
    const cost = { USD: "1000000000000000.300000000000000001", EUR: "3" };
    expect(totals.cost).to.deep.equal(cost);
    expect(totals.agents[0]!.cost).to.deep.equal(cost);
  });

  it("leaves the state before as it was, and shares what did not change", () => {
    const [first, second] = streamOf(
      { kind: "message", sender_agent_id: ada, content: "a", tool_call: null },
      { kind: "comment", user_id: bob, content: "b" },
    );
    const before = fold([first!]);
    const copy = structuredClone(before);
    const after = reduce(before, second!);
    expect(before).to.deep.equal(copy);
    expect(after.agents).to.equal(before.agents);
    expect(after.totals.agents).to.equal(before.totals.agents);
    expect(reduce(after, first!)).to.equal(after);
    expect(() => reduce(emptyState(session_id), second!)).to.throw(/does not follow/);
  });

  describe("of a team that has worked", () => {
    let database: TestDatabase;
    let node: TestNode;
    let owner: TestClient;
    let client: Client;
    let team: TestTeam;
    let state: SessionState;
    let entries: Entry[];
    const bots: TestBot[] = [];

    before(async function () {
      this.timeout(60_000);
      database = await createDatabase();
      node = await startNode({ DATABASE_URL: database.url });
      owner = await connect(node.url);
      client = new Client({ url: node.url, token: OWNER_TOKEN });
      team = await makeTeam(owner, ["Ada", "Bob", "Cleo"], {
        type: "broadcast",
        config: { rounds: 2 },
      });
      const { session_id, team_id } = team;
      const config = { rule: "majority" };
      await owner.call("mechanism.create", { team_id, type: "democratic", config });
      for (const name of team.agents.keys()) {
        bots.push(await TestBot.start(team, name, [node.url], 0, answer));
      }
      const { session } = client;
      const room = session(session_id);
      const stopped = new Promise<void>((resolve) => {
        room.on("state", ({ runs }) => {
          if (runs.length > 0 && runs.every(({ status }) => status === "stopped")) resolve();
        });
      });
      await room.load();
      await room.prompt("high or low?");
      await stopped;
      const [one, two] = [await newPerson(owner), await newPerson(owner)];
      await session.update({ session_id, title: "A new title" });
      await session.add_member({ session_id, user_id: one.user_id, role: "observer" });
      await session.add_member({ session_id, user_id: one.user_id, role: "participant" });
      await session.add_member({ session_id, user_id: two.user_id });
      await session.remove_member({ session_id, user_id: two.user_id });
      votes = 1;
      await client.decision.open({ session_id, question: "And now?", options: ["yes", "no"] });
      await new Promise<void>((resolve) => {
        room.on("state", ({ decisions }) => {
          if (decisions.at(-1)!.ballots.length === 1) resolve();
        });
      });
      await room.prompt("again, and this time you are stopped");
      const [run] = (await client.run.list({ session_id, limit: 1 })).data;
      await client.run.pause({ session_id, run_id: run!.id });
      ({ entries } = await client.stream.read({ session_id, limit: 1000 }));
      state = await new Promise((resolve) => {
        room.on("state", (state) => state.seq === entries.length && resolve(state));
        if (room.state.seq === entries.length) resolve(room.state);
      });
    });

    after(async () => {
      for (const bot of bots) bot.close();
      client.close();
      owner.close();
      await node.stop();
      await database.drop();
    });

    /** How many ballots are still to be cast. */
    let votes = Number.POSITIVE_INFINITY;

    async function answer(turn: OpenedTurn, bot: TestClient): Promise<void> {
      const { session_id } = team;
      if (turn.purpose === "ballot") {
        votes -= 1;
        if (votes < 0) return;
        const one = { session_id, decision_id: turn.decision_id! };
        const { options } = await bot.call("decision.get", one);
        await bot.call("ballot.cast", { ...one, choice: options[0]! });
        return;
      }
      // Those of the last run stay open.
      if (votes !== Number.POSITIVE_INFINITY) return;
      const post = { session_id, message: "used" };
      const usage = { model: "m", input: 10, output: 3, cached_input: 4, reasoning: 2 };
      await bot.call("log.post", { ...post, type: "token_usage", data: usage });
      const cost = { amount: "0.0042", currency: "USD" };
      await bot.call("log.post", { ...post, type: "cost", data: cost });
      await sayOnce(session_id, ({ agent_id, round }) => `${round} ${agent_id}`)(turn, bot);
    }

    it("is what the server answers: the session, its members, runs, turns and decisions", async () => {
      const { session_id } = team;
      const { title, status, updated_at } = await client.session.get({ session_id });
      expect(state).to.include({ title, status, updated_at });
      const { data: members } = await client.session.list_members({ session_id });
      expect(Object.values(state.members)).to.have.deep.members(members);

      const { data: runs } = await client.run.list({ session_id });
      expect([...state.runs].reverse().map(({ tokens, cost, ...run }) => run)).to.deep.equal(
        runs.map(({ id: run_id, session_id, plan, deadline_at, ...run }) => ({ run_id, ...run })),
      );
      const { data: turns } = await client.turn.list({ session_id, limit: 200 });
      const known = [...state.closed_turns, ...state.open_turns];
      expect(known.map(({ duration_ms, ...turn }) => turn)).to.have.deep.members(
        turns.map(({ id: turn_id, session_id, ...turn }) => ({ turn_id, ...turn })),
      );
      expect(state.open_turns).to.have.length(5);
      const { data: decisions } = await client.decision.list({ session_id });
      expect([...state.decisions].reverse().map(({ ballots, ...one }) => one)).to.deep.equal(
        decisions.map(({ id: decision_id, session_id, ...one }) => ({ decision_id, ...one })),
      );
      for (const { ballots, outcome } of state.decisions) {
        const cast = ballots.map(({ agent_id, choice }) => ({ voter: agent_id, choice }));
        if (outcome) expect(cast).to.deep.equal(outcome.ballots);
      }
      expect(decisions.map(({ status }) => status)).to.deep.equal(["open", "closed", "closed"]);
    });

    it("charges runs as the server does", () => {
      const [{ stop, tokens, cost }] = state.runs as [SessionState["runs"][0]];
      expect(stop!.tokens).to.deep.equal({
        input: tokens.input + tokens.cached_input + tokens.cache_write,
        output: tokens.output + tokens.reasoning,
      });
      expect(stop!.tokens.input).to.be.above(0);
      expect(stop!.cost).to.deep.equal(cost);
    });

    it("counts the entries of each kind, and messages and turns of each agent", () => {
      for (const [kind, count] of Object.entries(state.totals.entries)) {
        expect(entries.filter((entry) => entry.kind === kind)).to.have.length(count);
      }
      for (const { agent_id, messages, turns, turns_ms } of state.totals.agents) {
        const said = entries.filter(
          (entry) => entry.kind === "message" && entry.sender_agent_id === agent_id,
        );
        const ended = state.closed_turns.filter((turn) => turn.agent_id === agent_id);
        expect(messages).to.equal(said.length);
        expect(turns).to.equal(ended.length);
        expect(turns_ms).to.equal(ended.reduce((sum, { duration_ms }) => sum + duration_ms!, 0));
      }
      expect(Object.keys(state.agents)).to.have.members(
        [...team.agents.values()].map(({ agent_id }) => agent_id),
      );
    });

    it("is the same from any older state, kept as JSON, and the entries after it", () => {
      const owner = Object.values(state.members).find(({ role }) => role === "owner");
      let older = emptyState(team.session_id, owner);
      for (const entry of entries) {
        const kept: SessionState = JSON.parse(JSON.stringify(older));
        expect(fold(entries.slice(older.seq), kept)).to.deep.equal(state);
        older = reduce(older, entry);
      }
      expect(older).to.deep.equal(state);
    });
  });
});
