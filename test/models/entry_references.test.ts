import { expect } from "chai";
import pg from "pg";
import type { Model, ModelStatic, Sequelize } from "sequelize";
import {
  Agent,
  Comment,
  LogEntry,
  Message,
  Prompt,
  Session,
  Team,
  User,
} from "../../models/index.ts";
import { connect } from "../../server/database/connection.ts";
import { createDatabase } from "../support/database.ts";

describe("what an entry refers to", () => {
  let database: Awaited<ReturnType<typeof createDatabase>>;
  let sequelize: Sequelize;
  let [one, other]: pg.Client[] = [];
  /** What a row of each table has in the columns that refer to something, and must not be null. */
  let rows: Record<string, Record<string, unknown>>;

  before(async () => {
    database = await createDatabase();
    sequelize = connect(database.url, 1);
    [one, other] = [new pg.Client(database.url), new pg.Client(database.url)];
    await Promise.all([one.connect(), other.connect()]);
  });

  after(async () => {
    await Promise.all([one!.end(), other!.end(), sequelize.close()]);
    await database.drop();
  });

  beforeEach(async () => {
    const email = `${crypto.randomUUID()}@example.org`;
    const user_id = (await User.create({ email, name: "Ann" })).id;
    const agent = await Agent.create({ name: "Ada", type: "assistant", owner_id: user_id });
    const team = await Team.create({ name: "Team", type: "round_robin", owner_id: user_id });
    const session_id = (await Session.create({ title: "Room", created_by: user_id })).id;
    const more = { type: "info", message: "", data: {} };
    rows = {
      messages: { session_id, sender_agent_id: agent.id, content: "" },
      prompts: { session_id, created_by: user_id, content: "" },
      comments: { session_id, user_id, content: "" },
      log_entries: { session_id, agent_id: agent.id, team_id: team.id, user_id, ...more },
    };
  });

  let seq = 0;

  /** Inserts rows that are as `rows` says but for what is changed, in one statement. */
  const insert = (client: pg.Client, table: string, changes: readonly object[] = [{}]) => {
    const created_at = new Date();
    const texts = changes.map((change) => {
      seq += 1;
      return { id: crypto.randomUUID(), seq, created_at, ...rows[table], ...change };
    });
    const from = `json_populate_recordset(NULL::${table}, $1)`;
    return client.query(`INSERT INTO ${table} SELECT * FROM ${from}`, [JSON.stringify(texts)]);
  };

  /** Each column of an entry's table that its model says to refer to a row, with that row's table. */
  const references = () =>
    ([Message, Prompt, Comment, LogEntry] as ModelStatic<Model>[]).flatMap((model) =>
      Object.entries(model.getAttributes()).flatMap(([column, { references, allowNull }]) => {
        const target = (references as { model: string } | undefined)?.model;
        return target ? [{ table: model.tableName, column, target, nullable: allowNull }] : [];
      }),
    );

  const failure = async (query: Promise<unknown>) => {
    const error: pg.DatabaseError = await query.then(
      () => expect.fail("it was not refused"),
      (reason) => reason,
    );
    const { code, table, constraint, detail } = error;
    return { code, table, constraint, detail };
  };

  /** Resolves when the client's query waits for a lock. */
  const waiting = async (client: pg.Client, observer: pg.Client) => {
    const { processID } = client as unknown as { processID: number };
    const sql = "SELECT FROM pg_stat_activity WHERE pid = $1 AND wait_event_type = 'Lock'";
    while ((await observer.query(sql, [processID])).rowCount === 0);
  };

  it("exists, or the whole statement fails as by a foreign key; null refers to nothing", async () => {
    expect(references()).to.have.length(10);
    for (const { table, column, target, nullable } of references()) {
      const missing = crypto.randomUUID();
      const inserted = insert(one!, table, [{}, { [column]: missing }, {}]);
      expect(await failure(inserted)).to.deep.equal({
        code: "23503",
        table,
        constraint: `${table}_${column}_fkey`,
        detail: `Key (${column})=(${missing}) is not present in table "${target}".`,
      });
      if (nullable) await insert(one!, table, [{ [column]: null }]);
      await insert(one!, table, [{}, {}]);
    }
  });

  it("is neither deleted nor renamed, and an entry goes on referring to it", async () => {
    for (const { table, column, target } of references()) {
      await insert(one!, table);
      const id = rows[table]![column];
      const renamed = `UPDATE ${target} SET id = gen_random_uuid() WHERE id = $1`;
      expect(await failure(one!.query(renamed, [id]))).to.include({ code: "23001" });
      const moved = `UPDATE ${table} SET ${column} = gen_random_uuid() WHERE ${column} = $1`;
      expect(await failure(one!.query(moved, [id]))).to.include({ code: "23001" });
      expect(await failure(one!.query(`TRUNCATE ${target} CASCADE`))).to.include({ code: "23001" });
      const deleted = one!.query(`DELETE FROM ${target} WHERE id = $1`, [id]);
      expect(await failure(deleted)).to.deep.equal({
        code: "23001",
        table,
        constraint: `${table}_${column}_fkey`,
        detail: `Key (id)=(${id}) is referenced from table "${table}".`,
      });
      await one!.query(`DELETE FROM ${table}`);
    }
  });

  const deleteAgent = (client: pg.Client) =>
    client.query("DELETE FROM agents WHERE id = $1", [rows.messages!.sender_agent_id]);

  for (const [end, deletion, insertion] of [
    ["COMMIT", "23001", "23503"],
    ["ROLLBACK", undefined, undefined],
  ] as const) {
    it(`stays when it is deleted while an entry is being written, which ends with ${end}`, async () => {
      await one!.query("BEGIN");
      await insert(one!, "messages");
      const deleted = deleteAgent(other!).then(
        () => undefined,
        ({ code }) => code,
      );
      await waiting(other!, one!);
      await one!.query(end);
      expect(await deleted).to.equal(deletion);
    });

    it(`is missed when an entry is written while it is being deleted, which ends with ${end}`, async () => {
      await one!.query("BEGIN");
      await deleteAgent(one!);
      const inserted = insert(other!, "messages").then(
        () => undefined,
        ({ code }) => code,
      );
      await waiting(other!, one!);
      await one!.query(end);
      expect(await inserted).to.equal(insertion);
    });
  }

  it("is not deleted by a transaction that cannot see the newest entries", async () => {
    await one!.query("BEGIN ISOLATION LEVEL REPEATABLE READ");
    await one!.query("SELECT FROM messages");
    await insert(other!, "messages");
    expect(await failure(deleteAgent(one!))).to.include({ code: "0A000" });
    await one!.query("ROLLBACK");
  });
});
