import { expect } from "chai";
import type { Sequelize } from "sequelize";
import { CommandError } from "../../contract/errors.ts";
import { AccessToken, Agent, Run, Session, Team, Tool, Turn } from "../../models/index.ts";
import type { Actor } from "../../server/actions/action.ts";
import { connect } from "../../server/database/connection.ts";
import { sqlIn } from "../../server/database/sql.ts";
import type { Execute } from "../../server/execute.ts";
import { lockSessions } from "../../server/stream/write.ts";
import { createDatabase, emptyTables, somebodyWaits } from "../support/database.ts";
import { newActor } from "../support/people.ts";
import { createStream, executeOn } from "../support/stream.ts";

describe("commands", () => {
  let database: Awaited<ReturnType<typeof createDatabase>>;
  let sequelize: Sequelize;
  let stop: () => Promise<void>;
  let execute: Execute;
  let ann: Actor;
  let bob: Actor;

  before(async () => {
    database = await createDatabase();
    sequelize = connect(database.url, 8);
    const streams = createStream(database.url);
    stop = streams.stop;
    execute = executeOn(sequelize, streams.stream);
  });

  beforeEach(async () => {
    await emptyTables(sequelize);
    ann = await newActor("Ann");
    bob = await newActor("Bob");
  });

  after(async () => {
    await stop();
    await sequelize.close();
    await database.drop();
  });

  const refused = (command: Promise<unknown>) =>
    command.then(
      () => undefined,
      (error) => (error instanceof CommandError ? error.code : error),
    );

  const eventsOf = async (session_id: string) => {
    const { entries } = await execute("stream.read", ann, { session_id });
    return entries.map((entry) => entry.kind === "log_entry" && entry.data);
  };

  const agentOf = (actor: Actor, fields = {}) =>
    execute("agent.create", actor, { name: "A", type: "assistant", ...fields });
  const toolOf = (actor: Actor, fields = {}) =>
    execute("tool.create", actor, { name: "T", type: "api", ...fields });

  describe("on a session", () => {
    it("say each change once, with its number, and nothing where nothing changed", async () => {
      const session = await execute("session.create", ann, { title: "Room" });
      const { id: session_id } = session;
      expect(session.head_seq).to.equal(0);
      const changes = { title: "Hall", status: "completed" } as const;
      const updated = await execute("session.update", ann, { session_id, ...changes });
      expect(updated).to.include({ ...changes, head_seq: 1 });
      expect(updated.updated_at > session.updated_at).to.equal(true);
      await execute("session.update", ann, { session_id, ...changes });
      const added = await execute("session.add_member", ann, { session_id, user_id: bob.user_id });
      await execute("session.add_member", ann, { session_id, user_id: bob.user_id });
      const role = "observer";
      await execute("session.add_member", ann, { session_id, user_id: bob.user_id, role });
      await execute("session.remove_member", bob, { session_id, user_id: bob.user_id });
      const { user_id } = bob;
      expect(await eventsOf(session_id)).to.deep.equal([
        { event: "session.updated", changes, updated_at: updated.updated_at },
        { event: "member.added", ...added },
        { event: "member.changed", ...added, role },
        { event: "member.removed", user_id },
      ]);
      expect(await refused(execute("session.get", bob, { session_id }))).to.equal("not_found");
      expect((await execute("session.get", ann, { session_id })).head_seq).to.equal(4);
    });

    it("never take the owner out or give the owner another role", async () => {
      const { id: session_id } = await execute("session.create", ann, { title: "Room" });
      const { user_id } = ann;
      const demote = { session_id, user_id, role: "observer" };
      expect(await refused(execute("session.add_member", ann, demote))).to.equal("conflict");
      const leave = execute("session.remove_member", ann, { session_id, user_id });
      expect(await refused(leave)).to.equal("conflict");
      const { members } = await execute("session.join", ann, { session_id });
      expect(members.map((member) => member.role)).to.deep.equal(["owner"]);
    });

    it("accept only agents, tools and a team that the actor may use", async () => {
      const agent = await agentOf(bob);
      const tool = await toolOf(bob);
      const team = await execute("team.create", bob, { name: "T", type: "round_robin" });
      for (const fields of [
        { agent_ids: [agent.id] },
        { tool_ids: [tool.id] },
        { team_id: team.id },
      ]) {
        const create = execute("session.create", ann, { title: "Room", ...fields });
        expect(await refused(create)).to.equal("not_found");
      }
      expect(await Session.count()).to.equal(0);
    });

    it("made at once by many leave one member and one entry", async () => {
      const { id: session_id } = await execute("session.create", ann, { title: "Room" });
      const add = { session_id, user_id: bob.user_id };
      await Promise.all(Array.from({ length: 6 }, () => execute("session.add_member", ann, add)));
      expect(await eventsOf(session_id)).to.have.length(1);
    });

    it("and the deletion of an agent never leave a session with an agent that is gone", async () => {
      for (let round = 0; round < 20; round++) {
        const agent = await agentOf(ann);
        const { id: session_id } = await execute("session.create", ann, { title: "Room" });
        const outcomes = await Promise.all([
          refused(execute("session.update", ann, { session_id, agent_ids: [agent.id] })),
          refused(execute("agent.delete", ann, { agent_id: agent.id })),
        ]);
        expect([
          [undefined, "in_use"],
          ["not_found", undefined],
        ]).to.deep.include(outcomes);
      }
    });
  });

  it("attach a tool once, however many at once, and keep what a later one does not name", async () => {
    const { id: agent_id } = await agentOf(ann);
    const { id: tool_id } = await toolOf(ann, { config: { a: 1, b: 2 } });
    const attach = { agent_id, tool_id, config_override: { b: null } };
    await Promise.all(Array.from({ length: 6 }, () => execute("agent.attach_tool", ann, attach)));
    await execute("agent.attach_tool", ann, { agent_id, tool_id, enabled: true });
    const { data } = await execute("agent.list_tools", ann, { agent_id });
    expect(data.map(({ config, sources }) => ({ config, sources }))).to.deep.equal([
      { config: { a: 1 }, sources: ["agent"] },
    ]);
  });

  it("list the tools of a session agent by agent, a team's only for its own", async () => {
    const [inTeam, alone] = [await agentOf(ann), await agentOf(ann)];
    const [shared, listed] = [
      await toolOf(ann, { name: "shared" }),
      await toolOf(ann, { name: "listed" }),
    ];
    const { id: team_id } = await execute("team.create", ann, { name: "T", type: "broadcast" });
    await execute("team.add_agent", ann, { team_id, agent_id: inTeam.id });
    await execute("team.attach_tool", ann, { team_id, tool_id: shared.id });
    const fields = { team_id, agent_ids: [alone.id], tool_ids: [listed.id] };
    const session = await execute("session.create", ann, { title: "Room", ...fields });
    const { data } = await execute("session.list_tools", ann, { session_id: session.id });
    const names = data.map((row) => [row.agent_id, ...row.tools.map((tool) => tool.name)]);
    expect(names).to.deep.equal([
      [alone.id, "listed"],
      [inTeam.id, "listed", "shared"],
    ]);
  });

  it("never leave a team or a mechanism that cannot work, though each of two changes at once could", async () => {
    for (let round = 0; round < 10; round += 1) {
      const team = { name: "T", type: "custom", config: { strategy: "swarm" } } as const;
      const { id: team_id } = await execute("team.create", ann, team);
      const mechanism = { team_id, type: "democratic", config: { rule: "plurality" } } as const;
      const { id: mechanism_id } = await execute("mechanism.create", ann, mechanism);
      const codes = await Promise.all(
        [
          execute("team.update", ann, { team_id, type: "round_robin", config: {} }),
          execute("team.update", ann, { team_id, config: { strategy: "manual" } }),
          execute("mechanism.update", ann, { mechanism_id, config: { rule: "borda" } }),
          execute("mechanism.update", ann, {
            ...{ mechanism_id, type: "autocratic" },
            config: { rule: "authority", authority: "A" },
          }),
        ].map(refused),
      );
      expect(codes.filter((code) => ![undefined, "invalid_input"].includes(code))).to.deep.equal(
        [],
      );
      await execute("team.update", ann, { team_id, name: "Still a team" });
      await execute("mechanism.update", ann, { mechanism_id, config: undefined });
    }
  });

  it("list the tools of a session's agents in pages of some 2 MB, each agent once", async () => {
    const agents = await Promise.all(Array.from({ length: 40 }, () => agentOf(ann)));
    const described = { type: "api", description: "x".repeat(10_000), created_by: ann.user_id };
    const tools = await Tool.bulkCreate(
      Array.from({ length: 60 }, (_, index) => ({ ...described, name: `T${index}` }) as never),
    );
    const { id: session_id } = await execute("session.create", ann, {
      title: "Room",
      agent_ids: agents.map(({ id }) => id),
      tool_ids: tools.map(({ id }) => id),
    });
    const seen: string[] = [];
    for (let next: string | null | undefined; next !== null; ) {
      const input = { session_id, limit: 5, ...(next && { cursor: next }) };
      const answer = await execute("session.list_tools", ann, input);
      // Of some 600 KB each.
      expect(answer.data.length).to.be.at.most(4);
      for (const row of answer.data) expect(row.tools).to.have.length(60);
      seen.push(...answer.data.map(({ agent_id }) => agent_id));
      next = answer.next;
    }
    expect(seen).to.deep.equal(
      agents
        .map(({ id }) => id)
        .sort()
        .reverse(),
    );
  });

  it("put agents of a team last unless told, also when many come at once", async () => {
    const { id: team_id } = await execute("team.create", ann, { name: "T", type: "broadcast" });
    const agents = await Promise.all(Array.from({ length: 5 }, () => agentOf(ann)));
    const add = (agent: { id: string }) =>
      execute("team.add_agent", ann, { team_id, agent_id: agent.id });
    await Promise.all(agents.map(add));
    const { data } = await execute("team.list_agents", ann, { team_id });
    expect(data.map(({ position }) => position)).to.deep.equal([0, 1, 2, 3, 4]);
  });

  it("refuse to delete what a session or an entry refers to", async () => {
    const agent = await agentOf(ann);
    const tool = await toolOf(ann);
    const team = await execute("team.create", ann, { name: "T", type: "broadcast" });
    const fields = { agent_ids: [agent.id], tool_ids: [tool.id], team_id: team.id };
    const session = await execute("session.create", ann, { title: "Room", ...fields });
    const deleteAgent = () => refused(execute("agent.delete", ann, { agent_id: agent.id }));
    const deleteTool = () => refused(execute("tool.delete", ann, { tool_id: tool.id }));
    const deleteTeam = () => refused(execute("team.delete", ann, { team_id: team.id }));
    expect(await deleteAgent(), "an agent that a session lists").to.equal("in_use");
    expect(await deleteTool(), "a tool that a session lists").to.equal("in_use");
    expect(await deleteTeam(), "the team of a session").to.equal("in_use");
    const say = { session_id: session.id, sender_agent_id: agent.id, content: "Hi" };
    await execute("message.post", ann, say);
    const none = { session_id: session.id, agent_ids: null, tool_ids: null };
    await execute("session.update", ann, none);
    expect(await deleteAgent(), "an agent that has spoken").to.equal("in_use");
    expect(await deleteTool(), "a tool that nothing lists").to.equal(undefined);
    expect(await Promise.all([Agent.count(), Team.count()])).to.deep.equal([2, 1]);
  });

  it("refuse to delete an agent that a run under way counts on, though it had no turn yet", async () => {
    const [ada, bo] = [await agentOf(ann), await agentOf(ann, { name: "B" })];
    const { id: team_id } = await execute("team.create", ann, { name: "T", type: "round_robin" });
    for (const { id } of [ada, bo]) await execute("team.add_agent", ann, { team_id, agent_id: id });
    const session = await execute("session.create", ann, { title: "Room", team_id });
    const { id: session_id } = session;
    await execute("prompt.post", ann, { session_id, content: "Go" });
    const deleteBo = () => refused(execute("agent.delete", ann, { agent_id: bo.id }));
    expect(await deleteBo()).to.equal("in_use");
    // The run goes by the team as it was.
    await execute("team.remove_agent", ann, { team_id, agent_id: bo.id });
    expect(await deleteBo()).to.equal("in_use");
    const [run] = (await execute("run.list", ann, { session_id })).data;
    await execute("run.stop", ann, { session_id, run_id: run!.id, now: true });
    expect(await deleteBo()).to.equal(undefined);
  });

  it("hand the prompts that wait from run to run, and leave none with a run that has stopped", async () => {
    const agent = await agentOf(ann);
    const team = { name: "T", type: "round_robin", config: { on_prompt: "queue" } } as const;
    const { id: team_id } = await execute("team.create", ann, team);
    await execute("team.add_agent", ann, { team_id, agent_id: agent.id });
    const { id: session_id } = await execute("session.create", ann, { title: "Room", team_id });
    for (const content of ["one", "two", "three"]) {
      await execute("prompt.post", ann, { session_id, content });
    }
    const [run] = (await execute("run.list", ann, { session_id })).data;
    expect(run).to.not.have.any.keys("state");
    await execute("run.stop", ann, { session_id, run_id: run!.id, now: true });
    const waiting = (await Run.findAll({ order: ["id"] })).map(
      ({ state }) => (state as { queue: unknown[] }).queue.length,
    );
    expect(waiting).to.deep.equal([0, 1]);
  });

  it("wait for nobody who was taken out of a team while somebody's answer was being stored", async () => {
    const agent = await agentOf(ann);
    const { id: team_id } = await execute("team.create", ann, { name: "T", type: "round_robin" });
    await execute("team.add_agent", ann, { team_id, agent_id: agent.id });
    const { id: session_id } = await execute("session.create", ann, { title: "Room", team_id });
    // As a post does, which gives the agent a turn at its end.
    const post = await sequelize.transaction();
    await lockSessions([session_id], sqlIn(post));
    const removal = execute("team.remove_agent", ann, { team_id, agent_id: agent.id });
    await somebodyWaits(sequelize);
    const turn = await Turn.create({ session_id, agent_id: agent.id }, { transaction: post });
    await post.commit();
    await removal;
    expect((await turn.reload()).deadline_at).to.be.a("date");
  });

  it("make tokens whose secret is stored nowhere and shown once", async () => {
    const made = await execute("token.create", ann, { name: "Mine" });
    expect(made).to.include({ user_id: ann.user_id, scope: "write", expires_at: null });
    const { data } = await execute("token.list", ann, {});
    const revoked = await execute("token.revoke", ann, { token_id: made.id });
    const again = await execute("token.revoke", ann, { token_id: made.id });
    expect(again.revoked_at).to.equal(revoked.revoked_at).and.to.be.a("string");
    for (const row of [...data, revoked]) expect(row).to.not.have.any.keys("token", "token_hash");
    expect(JSON.stringify(await AccessToken.findAll())).to.not.include(made.token);
    expect(await refused(execute("token.revoke", bob, { token_id: made.id }))).to.equal(
      "not_found",
    );
    const past = { name: "Old", expires_at: "2001-01-01T00:00:00Z" };
    expect(await refused(execute("token.create", ann, past))).to.equal("invalid_input");
    const shared = await agentOf(bob, { visibility: "instance" });
    const bot = { name: "Bot", agent_id: shared.id };
    expect(await refused(execute("token.create", ann, bot))).to.equal("forbidden");
    const forBob = { name: "Bob's", user_id: bob.user_id };
    expect(await refused(execute("token.create", ann, forBob))).to.equal("forbidden");
  });
});
