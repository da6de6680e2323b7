import { expect } from "chai";
import { QueryTypes, Sequelize } from "sequelize";
import {
  Agent,
  initModels,
  Session,
  SessionMember,
  Team,
  TeamAgent,
  User,
} from "../../models/index.ts";
import { createDatabase } from "../support/database.ts";

describe("who may enter a session", () => {
  let database: Awaited<ReturnType<typeof createDatabase>>;
  let sequelize: Sequelize;
  let host: User;
  let guest: User;
  let agent: Agent;

  before(async () => {
    database = await createDatabase({ migrated: true });
    sequelize = new Sequelize(database.url, { dialect: "postgres", logging: false });
    initModels(sequelize);
    host = await User.create({ email: "host@example.org", name: "Host" });
    guest = await User.create({ email: "guest@example.org", name: "Guest" });
    agent = await Agent.create({ name: "Ada", type: "assistant", owner_id: guest.id });
    // What nobody of these tests may see, so that seeing everything would fail them.
    await Session.create({ title: "Somebody else's", created_by: host.id });
  });

  after(async () => {
    await sequelize.close();
    await database.drop();
  });

  const access = (session: Session) =>
    sequelize.query<{ user_id: string; agent_id: string | null; role: string }>(
      "SELECT user_id, agent_id, role FROM session_access WHERE session_id = $id",
      { type: QueryTypes.SELECT, bind: { id: session.id } },
    );

  const visibleTo = async (user: User, agent_id: string | null = null) => {
    const actor = { user_id: user.id, agent_id };
    const sessions = await Session.scope({ method: ["visibleTo", actor] }).findAll();
    return sessions.map(({ title }) => title);
  };

  afterEach(async () => {
    await SessionMember.destroy({ where: {} });
    await Session.destroy({ where: { title: "Room" } });
    await Team.destroy({ where: {} });
  });

  it("a member, in the role given", async () => {
    const room = await Session.create({ title: "Room", created_by: host.id });
    await SessionMember.create({ session_id: room.id, user_id: guest.id, role: "observer" });

    expect(await access(room)).to.deep.equal([
      { user_id: guest.id, agent_id: null, role: "observer" },
    ]);
    expect(await visibleTo(guest)).to.deep.equal(["Room"]);
    expect(await visibleTo(host)).to.deep.equal([]);
  });

  it("the owner of an agent of the session, and the agent", async () => {
    const room = await Session.create({
      title: "Room",
      created_by: host.id,
      agent_ids: [agent.id],
    });

    expect(await access(room)).to.deep.equal([
      { user_id: guest.id, agent_id: agent.id, role: "participant" },
    ]);
    expect(await visibleTo(guest)).to.deep.equal(["Room"]);
    expect(await visibleTo(guest, agent.id)).to.deep.equal(["Room"]);
  });

  for (const [role_in_team, role] of [
    ["leader", "participant"],
    ["observer", "observer"],
  ] as const) {
    it(`the owner of an agent of the session's team, as ${role} where it is ${role_in_team}`, async () => {
      const team = await Team.create({ name: "T", owner_id: host.id, type: "round_robin" });
      await TeamAgent.create({ team_id: team.id, agent_id: agent.id, role_in_team });
      const room = await Session.create({ title: "Room", created_by: host.id, team_id: team.id });

      expect(await access(room)).to.deep.equal([{ user_id: guest.id, agent_id: agent.id, role }]);
      expect(await visibleTo(guest)).to.deep.equal(["Room"]);
    });
  }

  it("not a bot whose owner is a member, but whose agent is not in the session", async () => {
    const room = await Session.create({ title: "Room", created_by: host.id });
    await SessionMember.create({ session_id: room.id, user_id: guest.id, role: "owner" });

    expect(await visibleTo(guest)).to.deep.equal(["Room"]);
    expect(await visibleTo(guest, agent.id)).to.deep.equal([]);
  });
});
