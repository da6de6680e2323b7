import { expect } from "chai";
import { connect } from "../../server/database/connection.ts";
import { createDatabase } from "../support/database.ts";
import { startSilentProxy } from "../support/silent_proxy.ts";

const SILENT_MS = 500;

describe("the pool of connections", () => {
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
