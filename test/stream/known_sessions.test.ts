import { expect } from "chai";
import type { Sequelize } from "sequelize";
import { Agent, Session } from "../../models/index.ts";
import type { Actor } from "../../server/actions/action.ts";
import { connect } from "../../server/database/connection.ts";
import type { Executable, Execute } from "../../server/execute.ts";
import { createDatabase, type TestDatabase } from "../support/database.ts";
import { newActor } from "../support/people.ts";
import { createStream, executeOn } from "../support/stream.ts";

/** A node that shows by what statements it appends. */
interface Node {
  readonly execute: Execute;
  readonly statements: string[];
}

/** After so many posts that nobody else interrupts, a node knows a session. */
const UNTIL_KNOWN = 3;

describe("a session that a node knows", () => {
  let database: TestDatabase;
  let sequelize: Sequelize;
  let here: Node;
  let there: Node;
  let ann: Actor;
  let bob: Actor;
  const stops: (() => Promise<void>)[] = [];

  before(async () => {
    database = await createDatabase();
    sequelize = connect(database.url, 8);
  });

  beforeEach(async () => {
    [here, there] = [newNode(), newNode()];
    [ann, bob] = [await newActor("ann"), await newActor("bob")];
  });

  afterEach(async () => {
    for (const stop of stops.splice(0)) await stop();
  });

  after(async () => {
    await sequelize.close();
    await database.drop();
  });

  function newNode(): Node {
    const statements: string[] = [];
    const onStatement = (text: string) => void statements.push(text);
    const { stream, stop } = createStream(database.url, { onStatement });
    stops.push(stop);
    return { execute: executeOn(sequelize, stream), statements };
  }

  /** A session of Ann's and Bob's that a node knows. */
  async function knownSession(node: Node): Promise<string> {
    const { id: session_id } = await node.execute("session.create", ann, { title: "Room" });
    await node.execute("session.add_member", ann, { session_id, user_id: bob.user_id });
    for (const actor of [ann, bob]) {
      for (let n = 1; n <= UNTIL_KNOWN; n += 1) {
        await node.execute("message.post", actor, { session_id, content: `${n}` });
      }
    }
    node.statements.length = 0;
    return session_id;
  }

  const say = (node: Node, actor: Actor, session_id: string, more: object = {}) =>
    node.execute("message.post", actor, { session_id, content: "hello", ...more });
  const code = (posting: Promise<unknown>): Promise<string> =>
    posting.then(
      () => "accepted",
      (error) => error.code,
    );

  async function seqs(session_id: string): Promise<number[]> {
    const { entries } = await here.execute("stream.read", ann, { session_id, limit: 500 });
    return entries.map(({ seq }) => seq);
  }

  it("is posted to without asking what decides, and by whoever is known there", async () => {
    const session_id = await knownSession(here);
    for (const actor of [ann, bob]) {
      here.statements.length = 0;
      await say(here, actor, session_id);
      expect(here.statements).to.have.length(2);
      expect(here.statements[0]).to.contain("reserve_known_numbers");
    }
    expect(await seqs(session_id)).to.deep.equal([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it("has no team, whose turns decide as well", async () => {
    const team = await here.execute("team.create", ann, { name: "T", type: "round_robin" });
    const fields = { title: "Room", team_id: team.id };
    const { id: session_id } = await here.execute("session.create", ann, fields);
    for (let n = 0; n <= UNTIL_KNOWN; n += 1) {
      here.statements.length = 0;
      await say(here, ann, session_id);
    }
    expect(here.statements.join()).to.not.contain("reserve_known_numbers");
  });

  it("is not entered by who was removed elsewhere", async () => {
    const session_id = await knownSession(here);
    await there.execute("session.remove_member", ann, { session_id, user_id: bob.user_id });
    expect(await code(say(here, bob, session_id))).to.equal("not_found");
    expect(await code(say(here, ann, session_id))).to.equal("accepted");
    expect(await seqs(session_id)).to.deep.equal([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it("is not entered by who was removed elsewhere while it was hardly known", async () => {
    const { id: session_id } = await here.execute("session.create", ann, { title: "Room" });
    const member = { session_id, user_id: bob.user_id };
    await here.execute("session.add_member", ann, member);
    await say(here, bob, session_id);
    await there.execute("session.remove_member", ann, member);
    for (let n = 1; n <= UNTIL_KNOWN; n += 1) await say(here, ann, session_id);
    expect(await code(say(here, bob, session_id))).to.equal("not_found");
  });

  it("accepts what is allowed since something changed elsewhere, and refuses what is not", async () => {
    const session_id = await knownSession(here);
    const change = (status: string) => there.execute("session.update", ann, { session_id, status });
    await change("archived");
    // So often that it is known to be refused, which must not outlast what refuses it.
    for (let n = 1; n <= UNTIL_KNOWN; n += 1) {
      expect(await code(say(here, ann, session_id))).to.equal("session_closed");
    }
    await change("active");
    expect(await code(say(here, ann, session_id))).to.equal("accepted");
    const member = { session_id, user_id: bob.user_id };
    await there.execute("session.add_member", ann, { ...member, role: "observer" });
    for (let n = 1; n <= UNTIL_KNOWN; n += 1) {
      expect(await code(say(here, bob, session_id))).to.equal("forbidden");
    }
    await there.execute("session.add_member", ann, { ...member, role: "participant" });
    expect(await code(say(here, bob, session_id))).to.equal("accepted");
  });

  it("answers what is posted again with what is stored, and refuses an id that anything has", async () => {
    const kinds: [Executable, object][] = [
      ["message.post", { content: "said" }],
      ["prompt.post", { content: "asked" }],
      ["comment.post", { content: "noted" }],
      ["log.post", { type: "info", message: "logged" }],
    ];
    for (const [name, body] of kinds) {
      const session_id = await knownSession(here);
      const id = crypto.randomUUID();
      const stored = await here.execute(name, ann, { session_id, id, ...body });
      await say(here, ann, session_id);
      here.statements.length = 0;
      const again = await here.execute(name, ann, { session_id, id, ...body });
      expect(here.statements[0]).to.contain("reserve_known_numbers");
      expect(again).to.deep.equal({ ...(stored as object), duplicate: true });
      for (let n = 1; n < UNTIL_KNOWN; n += 1) await say(here, ann, session_id);
      here.statements.length = 0;
      const other = await code(say(here, ann, session_id, { id, content: "something else" }));
      expect(here.statements[0]).to.contain("reserve_known_numbers");
      expect(other).to.equal("id_reused");
    }
  });

  it("lets nobody speak through an agent that is their proxy no more", async () => {
    const session_id = await knownSession(here);
    const before = await say(here, ann, session_id);
    const agent_id = (before as { sender_agent_id: string }).sender_agent_id;
    await there.execute("agent.update", ann, { agent_id, type: "assistant" });
    const after = await say(here, ann, session_id);
    const speaker = (after as { sender_agent_id: string }).sender_agent_id;
    expect(speaker).to.not.equal(agent_id);
    expect((await Agent.findByPk(speaker))!.type).to.equal("user_proxy");
    // And it is known anew, so that not each further post is tried in vain.
    for (let n = 1; n <= UNTIL_KNOWN; n += 1) {
      here.statements.length = 0;
      await say(here, ann, session_id);
    }
    expect(here.statements).to.have.length(2);
  });

  it("is given numbers without gap by nodes that write to it at the same time", async () => {
    const session_id = await knownSession(here);
    const posts = Array.from({ length: 200 }, (_, n) => say(n % 2 ? here : there, ann, session_id));
    await Promise.all(posts);
    const expected = Array.from({ length: 207 }, (_, index) => index + 1);
    expect(await seqs(session_id)).to.deep.equal(expected);
    expect((await Session.findByPk(session_id))!.head_seq).to.equal(207);
  });

  it("is asked about each time while another node writes to it in turn", async () => {
    const session_id = await knownSession(here);
    for (let n = 1; n <= 2; n += 1) {
      await say(there, ann, session_id);
      here.statements.length = 0;
      await say(here, ann, session_id);
    }
    expect(here.statements.join()).to.not.contain("reserve_known_numbers");
  });

  it("stores what came together with a post that is refused", async () => {
    const session_id = await knownSession(here);
    const stranger = { session_id, type: "info", message: "x", agent_id: crypto.randomUUID() };
    const posts = [
      code(say(here, ann, session_id)),
      code(here.execute("log.post", ann, stranger)),
      code(say(here, bob, session_id)),
    ];
    expect(await Promise.all(posts)).to.deep.equal(["accepted", "forbidden", "accepted"]);
    expect(await seqs(session_id)).to.deep.equal([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });
});
