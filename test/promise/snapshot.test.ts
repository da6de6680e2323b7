import { expect } from "chai";
import fc from "fast-check";
import type { Input, Output } from "../../contract/commands.ts";
import type { Entry } from "../../contract/entry.ts";
import type { SessionMember } from "../../contract/session_member.ts";
import { connect, Follower, type TestClient } from "../support/client.ts";
import { createDatabase, type TestDatabase } from "../support/database.ts";
import { startNode, type TestNode } from "../support/node.ts";
import { newBot, newPerson } from "../support/people.ts";

const RUNS = 30;
const PEOPLE = 4;
const AGENTS = 3;

type Step =
  | ({ does: "update" } & Omit<Input<"session.update">, "session_id" | "agent_ids"> & {
        agents?: number[];
      })
  | { does: "add"; person: number; role?: "participant" | "observer" }
  | { does: "remove"; person: number }
  | { does: "comment"; content: string };

/** What a snapshot shows of a session, and entries change. */
type Snapshot = Pick<Output<"session.join">, "session" | "head_seq" | "members">;

const person = fc.nat({ max: PEOPLE - 1 });
const step: fc.Arbitrary<Step> = fc.oneof(
  fc
    .record(
      {
        title: fc.constantFrom("One", "Two", "Three"),
        // Archived only now and then, since nobody can comment on it.
        status: fc.constantFrom("active", "active", "completed", "archived"),
        agents: fc.uniqueArray(fc.nat({ max: AGENTS - 1 })),
      },
      { requiredKeys: [] },
    )
    .map((changes) => ({ does: "update", ...changes }) as Step),
  fc.record(
    {
      does: fc.constant("add" as const),
      person,
      role: fc.constantFrom("participant" as const, "observer" as const),
    },
    { requiredKeys: ["does", "person"] },
  ),
  fc.record({ does: fc.constant("remove" as const), person }),
  fc.record({ does: fc.constant("comment" as const), content: fc.constant("x") }),
);
/** Steps of one burst are under way at the same time. */
const story = fc.array(fc.array(step, { minLength: 1, maxLength: 10 }), {
  minLength: 1,
  maxLength: 4,
});

describe("a snapshot with the entries that came after it", () => {
  let database: TestDatabase;
  let nodes: TestNode[];
  let owners: TestClient[];
  let people: { user_id: string; token: string }[];
  let agent_ids: string[];

  before(async function () {
    this.timeout(40_000);
    database = await createDatabase();
    // Without Redis, so that the second node finds the first one's entries by polling.
    const env = { DATABASE_URL: database.url, STREAM_POLL_MS: "50" };
    nodes = await Promise.all([startNode(env), startNode(env)]);
    owners = await Promise.all(nodes.map((node) => connect(node.url)));
    const owner = owners[0]!;
    people = await Promise.all(Array.from({ length: PEOPLE }, () => newPerson(owner)));
    const bots = await Promise.all(Array.from({ length: AGENTS }, () => newBot(owner, "bot")));
    agent_ids = bots.map((bot) => bot.agent_id);
  });

  after(async () => {
    for (const owner of owners) owner.close();
    await Promise.all(nodes.map((node) => node.stop()));
    await database.drop();
  });

  /** Whether the step was done; the state may have forbidden it. */
  async function take(client: TestClient, session_id: string, step: Step): Promise<boolean> {
    switch (step.does) {
      case "update": {
        const { does, agents, ...changes } = step;
        const named = agents && { agent_ids: agents.map((index) => agent_ids[index]!) };
        return (await client.send("session.update", { session_id, ...changes, ...named })).ok;
      }
      case "add": {
        const { does, person, ...role } = step;
        const { user_id } = people[person]!;
        return (await client.send("session.add_member", { session_id, user_id, ...role })).ok;
      }
      case "remove": {
        const { user_id } = people[step.person]!;
        return (await client.send("session.remove_member", { session_id, user_id })).ok;
      }
      case "comment":
        return (await client.send("comment.post", { session_id, content: step.content })).ok;
    }
  }

  it("equals a new snapshot, whatever was done and whenever it was taken", async function () {
    this.timeout(60_000);
    let done = 0;
    let compared = 0;
    let during = 0;
    await fc.assert(
      fc.asyncProperty(story, async (bursts) => {
        const { id: session_id } = await owners[0]!.call("session.create", { title: "Start" });
        const join = (client: TestClient) => client.call("session.join", { session_id });
        const follower = await Follower.join(await connect(nodes[1]!.url), session_id, 0);
        const photographers = await Promise.all(nodes.map((node) => connect(node.url)));
        const stale: Snapshot[] = [];
        for (const burst of bursts) {
          const before = stale.length;
          let underWay = true;
          const pictures = photographers.map(async (client) => {
            while (underWay) stale.push(await join(client));
          });
          const steps = burst.map((step, place) => take(owners[place % 2]!, session_id, step));
          done += (await Promise.all(steps)).filter(Boolean).length;
          underWay = false;
          await Promise.all(pictures);
          const heads = stale.slice(before).map(({ head_seq }) => head_seq);
          during += heads.filter((head) => head < Math.max(...heads)).length;
        }
        const fresh = await join(photographers[0]!);
        await follower.reached(fresh.head_seq);
        for (const snapshot of stale) {
          const later = follower.entries.filter((entry) => entry.seq > snapshot.head_seq);
          expect(later.reduce(apply, shown(snapshot))).to.deep.equal(shown(fresh));
        }
        compared += stale.length;
        for (const client of [follower.client, ...photographers]) client.close();
      }),
      { numRuns: RUNS },
    );
    // Runs in which nothing happened, or nothing at the same time, would show nothing.
    expect(done).to.be.above(RUNS);
    expect(during).to.be.above(RUNS);
    console.log(
      `      ${RUNS} stories: ${done} commands took effect; ${compared} snapshots brought up to date, ` +
        `${during} of them taken between the commands of a burst`,
    );
  });
});

/** What a snapshot and a new one must agree on; the order of members says nothing. */
function shown({ session, head_seq, members }: Snapshot): Snapshot {
  return {
    session,
    head_seq,
    members: [...members].sort((one, other) => (one.id < other.id ? -1 : 1)),
  };
}

/** All that a client needs to know to keep a snapshot up to date. */
function apply(snapshot: Snapshot, entry: Entry): Snapshot {
  const session = { ...snapshot.session, head_seq: entry.seq };
  const next = { ...snapshot, session, head_seq: entry.seq };
  if (entry.kind !== "log_entry" || entry.data === null) return next;
  const { event, ...data } = entry.data;
  const others = snapshot.members.filter(({ user_id }) => user_id !== data.user_id);
  switch (event) {
    case "session.updated": {
      const { changes, updated_at } = data as {
        changes: Partial<typeof session>;
        updated_at: string;
      };
      return { ...next, session: { ...session, ...changes, updated_at } };
    }
    case "member.added":
    case "member.changed":
      return shown({ ...next, members: [...others, data as unknown as SessionMember] });
    case "member.removed":
      return { ...next, members: others };
    default:
      return next;
  }
}
