import { expect } from "chai";
import fc from "fast-check";
import type { Input, Output } from "../../contract/commands.ts";
import type { Entry } from "../../contract/entry.ts";
import type { SessionMember } from "../../contract/session_member.ts";
import { connect, Follower, type TestClient } from "../support/client.ts";
import { createDatabase, type TestDatabase } from "../support/database.ts";
import { startNode, type TestNode } from "../support/node.ts";
import { newBot, newPerson } from "../support/people.ts";

const RUNS = 60;
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
/** Steps of one burst are under way at the same time; a snapshot is taken during one of them. */
const story = fc
  .array(fc.array(step, { minLength: 1, maxLength: 10 }), { minLength: 1, maxLength: 5 })
  .chain((bursts) => fc.record({ bursts: fc.constant(bursts), at: fc.nat(bursts.length - 1) }));

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
    let applied = 0;
    let during = 0;
    let done = 0;
    await fc.assert(
      fc.asyncProperty(story, async ({ bursts, at }) => {
        const { id: session_id } = await owners[0]!.call("session.create", { title: "Start" });
        // Taken on the second node, while commands go to both.
        const client = await connect(nodes[1]!.url);
        let follower: Follower | undefined;
        for (const [index, burst] of bursts.entries()) {
          const before = (await owners[0]!.call("session.get", { session_id })).head_seq;
          const steps = burst.map((step, place) => take(owners[place % 2]!, session_id, step));
          if (index === at) {
            // One step is done, the others are under way.
            await Promise.race(steps);
            follower = await Follower.join(client, session_id, 0);
          }
          const took = (await Promise.all(steps)).filter(Boolean).length;
          done += took;
          if (index !== at) continue;
          const seen = follower!.joined.head_seq - before;
          if (seen > 0 && seen < took) during += 1;
        }
        const { joined: stale, entries } = follower!;
        const fresh = await owners[0]!.call("session.join", { session_id });
        await follower!.reached(fresh.head_seq);
        const later = entries.filter((entry) => entry.seq > stale.head_seq);
        applied += later.length;
        expect(later.reduce(apply, shown(stale))).to.deep.equal(shown(fresh));
        client.close();
        await owners[0]!.call("session.leave", { session_id });
      }),
      { numRuns: RUNS },
    );
    // A run in which nothing happened would show nothing.
    expect(applied).to.be.above(RUNS);
    expect(during, "snapshots taken between the commands of a burst").to.be.above(0);
    console.log(
      `      ${RUNS} stories: ${done} commands took effect, ${applied} entries applied to stale ` +
        `snapshots, ${during} of them taken between the commands of a burst`,
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
