import { expect } from "chai";
import type { Sequelize } from "sequelize";
import { connect } from "../../server/database/connection.ts";
import { sqlIn } from "../../server/database/sql.ts";
import { createDatabase, type TestDatabase } from "../support/database.ts";

describe("statements of one transaction", () => {
  let database: TestDatabase;
  let sequelize: Sequelize;

  before(async () => {
    database = await createDatabase();
    sequelize = connect(database.url, 2);
  });

  after(async () => {
    await sequelize.close();
    await database.drop();
  });

  it("fail together with the first that fails, and leave nothing behind", async () => {
    const create = (sql: ReturnType<typeof sqlIn>) => sql("CREATE TABLE left_behind ()", []);
    let outcomes: PromiseSettledResult<unknown>[] = [];
    const transaction = sequelize.transaction(async (transaction) => {
      const sql = sqlIn(transaction);
      const sent = [sql("SELECT 1", []), sql("SELECT nothing", []), create(sql), create(sql)];
      outcomes = await Promise.allSettled(sent);
      await Promise.all(sent);
    });
    const error = await transaction.then(
      () => expect.fail("it was committed"),
      (reason: Error) => reason,
    );
    expect(error.message).to.include('column "nothing" does not exist');
    expect(outcomes.map(({ status }) => status)).to.deep.equal([
      "fulfilled",
      "rejected",
      "rejected",
      "rejected",
    ]);
    for (const outcome of outcomes.slice(1)) expect(outcome).to.have.property("reason", error);
    const [[row]] = await sequelize.query("SELECT to_regclass('left_behind') AS found");
    expect(row).to.deep.equal({ found: null });
  });
});
