import { expect } from "chai";
import fc from "fast-check";
import type { Sequelize } from "sequelize";
import type { Entry } from "../../contract/entry.ts";
import { Agent, logEntryTypes, Session, Team, User } from "../../models/index.ts";
import { connect } from "../../server/database/connection.ts";
import { type Sql, sqlIn } from "../../server/database/sql.ts";
import { textsOf } from "../../server/stream/chunk.ts";
import { insert } from "../../server/stream/insert.ts";
import { readPages } from "../../server/stream/read.ts";
import { findStored } from "../../server/stream/write.ts";
import { createDatabase } from "../support/database.ts";

const controls = Array.from({ length: 31 }, (_, index) => String.fromCharCode(index + 1));

/** Whatever a client may write; what PostgreSQL cannot store is refused before it comes here. */
const text = fc.oneof(
  fc.constantFrom(
    "",
    " ",
    "null",
    "NULL",
    "{}",
    '"',
    "\\",
    "\\x01",
    "''",
    ",",
    "😀",
    "\x01",
    "\x7f",
  ),
  fc.constant(controls.join("")),
  fc.string({
    unit: fc.constantFrom("\x01", "\x02", "'", '"', "\\", "{", "}", ",", "a", "é", "🇦"),
  }),
  fc.string({ unit: "binary" }).map((any) => any.replaceAll("\0", "")),
);
const json = fc.letrec((tie) => ({
  value: fc.oneof(text, fc.integer(), fc.boolean(), fc.constant(null), tie("list"), tie("object")),
  list: fc.array(tie("value"), { maxLength: 3 }),
  object: fc.dictionary(
    text.filter((key) => key !== "__proto__"),
    tie("value"),
    { maxKeys: 3, noNullPrototype: true },
  ),
})).object as fc.Arbitrary<Record<string, never>>;

describe("inserted entries", () => {
  let database: Awaited<ReturnType<typeof createDatabase>>;
  let sequelize: Sequelize;
  let entries: fc.Arbitrary<Entry[]>;
  const sql: Sql = sqlIn(null);

  before(async () => {
    database = await createDatabase();
    sequelize = connect(database.url, 1);
    const user = await User.create({ email: "ann@example.org", name: "Ann" });
    const agent = await Agent.create({ name: "Ada", type: "assistant", owner_id: user.id });
    const team = await Team.create({ name: "Team", type: "round_robin", owner_id: user.id });
    const session = await Session.create({ title: "Room", created_by: user.id });
    const common = {
      id: fc.uuid(),
      session_id: fc.constant(session.id),
      seq: fc.constant(0),
      created_at: fc
        .date({ min: new Date(0), max: new Date("9999-01-01"), noInvalidDate: true })
        .map((date) => date.toISOString()),
    };
    const entry: fc.Arbitrary<Entry> = fc.oneof(
      fc.record({
        ...common,
        kind: fc.constant("message" as const),
        sender_agent_id: fc.constant(agent.id),
        content: text,
        tool_call: fc.option(json),
      }),
      fc.record({
        ...common,
        kind: fc.constant("prompt" as const),
        created_by: fc.constant(user.id),
        content: text,
      }),
      fc.record({
        ...common,
        kind: fc.constant("comment" as const),
        user_id: fc.constant(user.id),
        content: text,
      }),
      fc.record({
        ...common,
        kind: fc.constant("log_entry" as const),
        agent_id: fc.option(fc.constant(agent.id)),
        team_id: fc.option(fc.constant(team.id)),
        user_id: fc.option(fc.constant(user.id)),
        type: fc.constantFrom(...logEntryTypes),
        message: text,
        data: json,
      }),
    );
    entries = fc
      .uniqueArray(entry, { selector: ({ id }) => id, minLength: 1, maxLength: 20 })
      .map((some) => some.map((one, index) => ({ ...one, seq: index + 1 })));
  });

  after(async () => {
    await sequelize.close();
    await database.drop();
  });

  it("are read back as they were, whatever people write", async () => {
    await fc.assert(
      fc.asyncProperty(entries, async (some) => {
        for (const table of ["messages", "prompts", "comments", "log_entries"]) {
          await sequelize.query(`DELETE FROM ${table}`);
        }
        await Promise.all(insert(some, sql));
        const [first] = some;
        const pages = await readPages(first!.session_id, 0, some.length);
        const texts = pages.flatMap(textsOf);
        expect(texts.map((text) => JSON.parse(text))).to.deep.equal(some);
        const ids = some.map(({ id }) => id);
        const found = await findStored(ids, sql);
        expect(ids.map((id) => JSON.parse(found.get(id)!))).to.deep.equal(some);
      }),
      { numRuns: 300 },
    );
  });
});
