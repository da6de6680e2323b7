import { expect } from "chai";
import { type ScopeOptions, Sequelize } from "sequelize";
import { Agent, initModels, Team, Tool, User } from "../../models/index.ts";
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

  const visibleTo = (user: User): ScopeOptions => ({
    method: ["visibleTo", { user_id: user.id, agent_id: null }],
  });

  const seen = {
    agents: (user: User) => Agent.scope(visibleTo(user)).findAll({ order: ["name"] }),
    teams: (user: User) => Team.scope(visibleTo(user)).findAll({ order: ["name"] }),
    tools: (user: User) => Tool.scope(visibleTo(user)).findAll({ order: ["name"] }),
  };

  for (const kind of ["agents", "teams", "tools"] as const) {
    it(`of ${kind}: their own, and those shared with the instance`, async () => {
      const names = async (user: User) => (await seen[kind](user)).map(({ name }) => name);
      expect(await names(maker)).to.deep.equal(["instance", "private"]);
      expect(await names(other)).to.deep.equal(["instance"]);
    });
  }
});
