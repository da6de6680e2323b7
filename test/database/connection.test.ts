import { expect } from "chai";
import { connect } from "../../server/database/connection.ts";
import { createDatabase } from "../support/database.ts";
import { startSilentProxy } from "../support/silent_proxy.ts";

const SILENT_MS = 500;

describe("the pool of connections", () => {
  it("has the settings it needs beside what DATABASE_URL asks for", async () => {
    const database = await createDatabase();
    const url = `${database.url}&options=${encodeURIComponent("-c search_path=public,here")}`;
    const sequelize = connect(url, 1);
    const sql = `SELECT name, setting FROM pg_settings
                  WHERE name IN ('search_path', 'plan_cache_mode', 'statement_timeout') ORDER BY name`;
    expect((await sequelize.query(sql))[0]).to.deep.equal([
      { name: "plan_cache_mode", setting: "force_generic_plan" },
      { name: "search_path", setting: "public,here" },
      { name: "statement_timeout", setting: "30000" },
    ]);
    await sequelize.close();
    await database.drop();
  });

  it("gives up one that says nothing though nobody closed it, and makes another", async () => {
    const database = await createDatabase();
    const proxy = await startSilentProxy(database.url);
    const sequelize = connect(proxy.url, 1, SILENT_MS);
    await sequelize.query("SELECT 1");
    proxy.silence();
    const failure = await sequelize.query("SELECT 2").catch((error: Error) => error.message);
    expect(failure).to.match(/Connection terminated/);
    expect(await sequelize.query("SELECT 3 AS three")).to.have.nested.property("[0][0].three", 3);
    await sequelize.close();
    await proxy.stop();
    await database.drop();
  });
});
