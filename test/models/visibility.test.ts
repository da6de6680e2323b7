import { expect } from "chai";
import { type ScopeOptions, Sequelize } from "sequelize";
import {
  Agent,
  AgentTool,
  initModels,
  Team,
  TeamAgent,
  TeamTool,
  Tool,
  User,
} from "../../models/index.ts";
import { createDatabase } from "../support/database.ts";

describe("what an actor sees", () => {
  let database: Awaited<ReturnType<typeof createDatabase>>;
  let sequelize: Sequelize;
  let maker: User;
  let other: User;

  before(async () => {
    database = await createDatabase({ migrated: true });
    sequelize = new Sequelize(database.url, { dialect: "postgres", logging: false });
    initModels(sequelize);
    maker = await User.create({ email: "maker@example.org", name: "Maker" });
    other = await User.create({ email: "other@example.org", name: "Other" });
    for (const name of ["private", "instance"] as const) {
      const owned = { name, visibility: name, owner_id: maker.id };
      await Agent.create({ ...owned, type: "assistant" });
      await Team.create({ ...owned, type: "broadcast" });
      await Tool.create({ name, visibility: name, created_by: maker.id, type: "api" });
    }
  });

  after(async () => {
    await sequelize.close();
    await database.drop();
  });

  const visibleTo = (user: User, bot?: Agent): ScopeOptions => ({
    method: ["visibleTo", { user_id: user.id, agent_id: bot?.id ?? null }],
  });

  const seen = {
    agents: (user: User, bot?: Agent) =>
      Agent.scope(visibleTo(user, bot)).findAll({ order: ["name"] }),
    teams: (user: User, bot?: Agent) =>
      Team.scope(visibleTo(user, bot)).findAll({ order: ["name"] }),
    tools: (user: User, bot?: Agent) =>
      Tool.scope(visibleTo(user, bot)).findAll({ order: ["name"] }),
  };

  for (const kind of ["agents", "teams", "tools"] as const) {
    it(`of ${kind}: their own, and those shared with the instance`, async () => {
      const names = async (user: User) => (await seen[kind](user)).map(({ name }) => name);
      expect(await names(maker)).to.deep.equal(["instance", "private"]);
      expect(await names(other)).to.deep.equal(["instance"]);
    });
  }

  it("of what is a bot's owner's: only what its agent works with", async () => {
    const owned = { visibility: "private", owner_id: maker.id } as const;
    const [team, tool, ofTeam] = await Promise.all([
      Team.create({ ...owned, name: "its team", type: "broadcast" }),
      Tool.create({ name: "its own", created_by: maker.id, type: "api" }),
      Tool.create({ name: "its team's", created_by: maker.id, type: "api" }),
    ]);
    const bot = await Agent.create({ ...owned, name: "bot", type: "assistant" });
    const place = { team_id: team.id, agent_id: bot.id, role_in_team: "member", position: 0 };
    await TeamAgent.create(place);
    await AgentTool.create({ agent_id: bot.id, tool_id: tool.id, enabled: true });
    await TeamTool.create({ team_id: team.id, tool_id: ofTeam.id, enabled: true });

    const names = async (kind: keyof typeof seen) =>
      (await seen[kind](maker, bot)).map(({ name }) => name);
    expect(await names("agents")).to.deep.equal(["bot", "instance"]);
    expect(await names("teams")).to.deep.equal(["instance", "its team"]);
    expect(await names("tools")).to.deep.equal(["instance", "its own", "its team's"]);
  });
});
