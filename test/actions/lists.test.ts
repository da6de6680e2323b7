import { expect } from "chai";
import { Op, type Sequelize } from "sequelize";
import { CommandError } from "../../contract/errors.ts";
import { AccessToken, Agent, Message, Session, SessionMember, User } from "../../models/index.ts";
import { listEntries } from "../../server/actions/list_entries.ts";
import { cursorOf, type PageInput, page, place } from "../../server/actions/page.ts";
import { refusalOf } from "../../server/actions/refusal.ts";
import { findVisible, visible } from "../../server/actions/visible.ts";
import { wire } from "../../server/actions/wire.ts";
import { AppendConnection } from "../../server/database/append_connection.ts";
import { connect } from "../../server/database/connection.ts";
import { createDatabase } from "../support/database.ts";
import { startSilentProxy } from "../support/silent_proxy.ts";

describe("rows on their way out", () => {
  let database: Awaited<ReturnType<typeof createDatabase>>;
  let sequelize: Sequelize;
  let ann: User;
  let bob: User;
  let speaker: Agent;
  let room: Session;
  const asker = (user: User) => ({ user_id: user.id, agent_id: null });

  before(async () => {
    database = await createDatabase();
    sequelize = connect(database.url, 2);
    ann = await User.create({ email: "ann@example.org", name: "Ann" });
    bob = await User.create({ email: "bob@example.org", name: "Bob" });
    speaker = await Agent.create({ name: "Ada", type: "assistant", owner_id: ann.id });
    room = await Session.create({ title: "Ann's", created_by: ann.id });
    await SessionMember.create({ session_id: room.id, user_id: ann.id, role: "owner" });
    const messages = [1, 2, 3, 4, 5].map((seq) => ({
      session_id: room.id,
      seq,
      sender_agent_id: speaker.id,
      content: `${seq}`,
    }));
    await Message.bulkCreate(messages);
  });

  after(async () => {
    await sequelize.close();
    await database.drop();
  });

  /** The code of the refusal that a query's failure means. */
  const refused = (query: Promise<unknown>) =>
    query.then(
      () => undefined,
      (error) => refusalOf(error)?.code,
    );

  it("have dates as ISO strings, numbers as numbers and JSON as JSON", async () => {
    const row = wire((await Session.findByPk(room.id))!);
    expect(row).to.deep.equal({
      id: room.id,
      title: "Ann's",
      team_id: null,
      agent_ids: null,
      tool_ids: null,
      status: "active",
      head_seq: 0,
      created_by: ann.id,
      created_at: room.created_at.toISOString(),
      updated_at: room.updated_at.toISOString(),
    });
    expect(wire(speaker).config).to.deep.equal({});
  });

  it("are found by id only by those who may see them", async () => {
    expect((await findVisible(Session, asker(ann), room.id)).title).to.equal("Ann's");
    expect(await refused(findVisible(Session, asker(bob), room.id))).to.equal("not_found");
    expect(await refused(findVisible(Agent, asker(bob), speaker.id))).to.equal("not_found");
  });

  it("are listed only to those who may see them, on every page", async () => {
    const listed = await page(visible(Session, asker(ann)), {}, {});
    expect(listed.data.map(({ title }) => title)).to.deep.equal(["Ann's"]);
    const afterLast = cursorOf("ffffffff-ffff-7fff-bfff-ffffffffffff");
    for (const input of [{}, { cursor: afterLast }]) {
      expect((await page(visible(Session, asker(bob)), {}, input)).data).to.deep.equal([]);
    }
  });

  it("come newest first, page by page, each once, to the end", async () => {
    const seen: number[][] = [];
    let next: string | null = null;
    do {
      const input: { limit: number; cursor?: string } = { limit: 2, ...(next && { cursor: next }) };
      const read = await page(Message, { session_id: room.id }, input, "seq");
      seen.push(read.data.map(({ seq }) => seq));
      next = read.next;
    } while (next !== null);
    expect(seen).to.deep.equal([[5, 4], [3, 2], [1]]);
    const exact = await page(Message, { session_id: room.id }, { limit: 5 }, "seq");
    expect(exact.next).to.equal(null);
  });

  it("are none of those entries that were stored after their session was read", async () => {
    const seqs = async () =>
      (await listEntries(Message, "message", asker(ann), { session_id: room.id })).data.map(
        ({ seq }) => seq,
      );
    expect(await seqs()).to.deep.equal([]);
    await room.update({ head_seq: 3 });
    expect(await seqs()).to.deep.equal([3, 2, 1]);
    await room.update({ head_seq: 0 });
  });

  it("come in answers of some 2 MB, however large they are, and in one query where they are small", async () => {
    const { id: session_id } = await Session.create({ title: "Large", created_by: ann.id });
    const rows = Array.from({ length: 150 }, (_, index) => ({
      session_id,
      seq: index + 1,
      sender_agent_id: speaker.id,
      content: `${index + 1} ${"x".repeat(index < 50 ? 100_000 : 1_000)}`,
    }));
    rows.push({ ...rows[0]!, seq: 151, content: "x".repeat(3_000_000) });
    await Message.bulkCreate(rows);
    const seen: number[] = [];
    for (let next: string | null | undefined; next !== null; ) {
      const input: PageInput = { limit: 200, ...(next && { cursor: next }) };
      const read = await page(Message, { session_id }, input, "seq");
      seen.push(...read.data.map(({ seq }) => seq));
      expect(JSON.stringify(read.data.slice(1)).length).to.be.below(2_200_000);
      next = read.next;
    }
    expect(seen).to.deep.equal(Array.from({ length: 151 }, (_, index) => 151 - index));

    let queries = 0;
    sequelize.addHook("beforeQuery", "count", () => {
      queries += 1;
    });
    await page(Message, { session_id: room.id }, {}, "seq");
    await page(Message, { session_id, seq: { [Op.between]: [51, 150] } }, {}, "seq");
    sequelize.removeHook("beforeQuery", "count");
    expect(queries).to.equal(2);
  });

  it("take back their own cursors and refuse all others", () => {
    expect(place(cursorOf(ann.id), "id")).to.equal(ann.id);
    expect(place(cursorOf(7), "seq")).to.equal(7);
    for (const bad of [
      "",
      "%%%",
      "x".repeat(200),
      cursorOf("-1"),
      cursorOf("1e9"),
      cursorOf(ann.id),
    ]) {
      expect(() => place(bad, "seq")).to.throw(CommandError, "cursor");
    }
    for (const bad of ["", "%%%", cursorOf(7), cursorOf("' OR true --")]) {
      expect(() => place(bad, "id")).to.throw(CommandError, "cursor");
    }
  });

  it("that exist already are refused as conflict", async () => {
    expect(await refused(User.create({ email: "ann@example.org", name: "Ann" }))).to.equal(
      "conflict",
    );
  });

  it("that others refer to are refused to deletion as in_use, whichever way the key is held", async () => {
    expect(await refused(speaker.destroy())).to.equal("in_use");
    const noAction = "CREATE TABLE kept (user_id uuid REFERENCES users)";
    await sequelize.query(noAction);
    await sequelize.query("INSERT INTO kept VALUES ($1)", { bind: [bob.id] });
    expect(await refused(bob.destroy())).to.equal("in_use");
  });

  it("that refer to nothing are refused as invalid_input", async () => {
    const nobody = crypto.randomUUID();
    const row = { user_id: nobody, name: "T", token_hash: "h", scope: "read" } as const;
    expect(await refused(AccessToken.create(row))).to.equal("invalid_input");
  });

  it("are unavailable while PostgreSQL ends connections or is not there", async () => {
    const self = "SELECT pg_terminate_backend(pg_backend_pid())";
    // In a pool of its own, since a pool may hand out such a connection once more before it hears of its end.
    const ended = connect(database.url, 1);
    expect(await refused(ended.query(self))).to.equal("unavailable");
    await ended.close();
    const absent = connect("postgres://nobody@/none?host=/nonexistent", 1);
    expect(await refused(absent.query("SELECT 1"))).to.equal("unavailable");
    await absent.close();
  });

  it("are unavailable while PostgreSQL takes connections and says nothing", async () => {
    const proxy = await startSilentProxy(database.url);
    proxy.silenceAll();
    const appending = new AppendConnection(proxy.url);
    const nothing = async () => ({ result: null, sent: Promise.resolve() });
    expect(await refused(appending.transact(nothing))).to.equal("unavailable");
    await proxy.stop();
  });

  it("are unavailable while PostgreSQL has no room, or takes no writes", async () => {
    const raise = (code: string) => sequelize.query(`DO $$ BEGIN RAISE SQLSTATE '${code}'; END $$`);
    for (const code of ["53100", "53200", "58030", "25006"]) {
      expect(await refused(raise(code)), code).to.equal("unavailable");
    }
  });

  it("leave a fault of ours a fault", async () => {
    expect(await refused(sequelize.query("SELEC 1"))).to.equal(undefined);
    expect(refusalOf(new TypeError("x is undefined"))).to.equal(null);
  });
});
