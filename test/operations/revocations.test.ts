import { once } from "node:events";
import { setTimeout as pause } from "node:timers/promises";
import { expect } from "chai";
import type { Sequelize } from "sequelize";
import { connect as connectTo } from "../../server/database/connection.ts";
import { connect } from "../support/client.ts";
import { createDatabase, type TestDatabase } from "../support/database.ts";
import { startNode, type TestNode } from "../support/node.ts";

describe("a look at who may still follow that fails", () => {
  let database: TestDatabase;
  let sequelize: Sequelize;
  let node: TestNode;

  before(async () => {
    database = await createDatabase();
    sequelize = connectTo(database.url, 1);
    node = await startNode({ DATABASE_URL: database.url });
  });

  after(async () => {
    expect(await node.stop()).to.equal(0);
    await sequelize.close();
    await database.drop();
  });

  /** The connection by which the node hears of what is revoked, by what it was last asked. */
  const listening = async () =>
    (
      await sequelize.query(
        `SELECT pid FROM pg_stat_activity
          WHERE datname = current_database() AND pid <> pg_backend_pid()
            AND query ~ '^(LISTEN|SELECT current_setting)'`,
      )
    )[0];

  // Where PostgreSQL has no room for another connection, it could not be made anew.
  it("is done again, and costs the node nothing by which it hears of the next", async () => {
    const owner = await connect(node.url);
    const { id, token } = await owner.call("token.create", { name: "visitor" });
    const visitor = await connect(node.url, token);
    const disconnected = once(visitor.socket as never, "disconnect");
    const before = await listening();
    expect(before).to.have.length(1);
    await sequelize.query("ALTER TABLE access_tokens RENAME TO elsewhere");
    await sequelize.query(`SELECT pg_notify('taskmaster_revocations', '{"all":true}')`);
    while (!node.log().includes("looking at who may still follow failed")) await pause(10);
    // Nobody is told of it.
    await sequelize.query(`UPDATE elsewhere SET revoked_at = now() WHERE id = '${id}'`);
    await sequelize.query("ALTER TABLE elsewhere RENAME TO access_tokens");
    await disconnected;
    expect(await listening()).to.deep.equal(before);
    owner.close();
  });
});
