import { expect } from "chai";
import { connect, type TestClient } from "../support/client.ts";
import { createDatabase, type TestDatabase } from "../support/database.ts";
import { startNode, type TestNode } from "../support/node.ts";
import { newBot, newPerson } from "../support/people.ts";

describe("finding", () => {
  let database: TestDatabase;
  let node: TestNode;
  let owner: TestClient;

  before(async () => {
    database = await createDatabase();
    node = await startNode({ DATABASE_URL: database.url });
    owner = await connect(node.url);
  });

  after(async () => {
    owner.close();
    await node.stop();
    await database.drop();
  });

  it("sessions goes by text in the title, in small or capital letters, and by status", async () => {
    const titles = ["Repair café", "100% repaired", "100 repaired", "a_b", "axb", "back\\slash"];
    for (const title of titles) await owner.call("session.create", { title });
    const found = async (search: string) =>
      (await owner.call("session.list", { search })).data.map(({ title }) => title);
    expect(await found("REPAIR")).to.deep.equal(["100 repaired", "100% repaired", "Repair café"]);
    expect(await found("CAFÉ")).to.deep.equal(["Repair café"]);
    // What stands for any text in SQL is itself here.
    expect(await found("0%")).to.deep.equal(["100% repaired"]);
    expect(await found("a_b")).to.deep.equal(["a_b"]);
    expect(await found("k\\s")).to.deep.equal(["back\\slash"]);
    expect(await found("nowhere")).to.deep.equal([]);

    const { data } = await owner.call("session.list", { search: "axb" });
    await owner.call("session.update", { session_id: data[0]!.id, status: "archived" });
    const archived = await owner.call("session.list", { status: "archived" });
    expect(archived.data.map(({ title }) => title)).to.deep.equal(["axb"]);
    expect((await owner.call("session.list", { status: "active", search: "axb" })).data).to.be
      .empty;
    const page = await owner.call("session.list", { search: "repair", limit: 2 });
    const rest = await owner.call("session.list", { search: "repair", cursor: page.next! });
    expect(rest.data.map(({ title }) => title)).to.deep.equal(["Repair café"]);

    const other = await connect(node.url, (await newPerson(owner)).token);
    expect((await other.call("session.list", { search: "repair" })).data).to.be.empty;
    other.close();
  });

  it("a person takes the whole address, and tells what a member's card shows", async () => {
    const made = {
      email: "noor@example.org",
      name: "Noor",
      avatar_url: "https://example.org/n.png",
    };
    const { id } = await owner.call("user.create", made);
    const other = await connect(node.url, (await newPerson(owner)).token);
    const found = await other.call("user.find", { email: "Noor@Example.org" });
    expect(found).to.deep.equal({ id, name: made.name, avatar_url: made.avatar_url });
    for (const email of ["oor@example.org", "n%@example.org"]) {
      const reply = await other.send("user.find", { email });
      expect(reply).to.have.nested.property("error.code", "not_found");
    }
    const bot = await connect(node.url, (await newBot(owner, "Ada")).token);
    const reply = await bot.send("user.find", { email: made.email });
    expect(reply).to.have.nested.property("error.code", "forbidden");
    for (const client of [other, bot]) client.close();
  });

  it("members goes page by page, newest first", async () => {
    const { id: session_id } = await owner.call("session.create", { title: "Full" });
    const added: string[] = [];
    for (let count = 0; count < 3; count += 1) {
      const { user_id } = await newPerson(owner);
      added.push((await owner.call("session.add_member", { session_id, user_id })).id);
    }
    const first = await owner.call("session.list_members", { session_id, limit: 2 });
    expect(first.data.map(({ id }) => id)).to.deep.equal([added[2], added[1]]);
    const cursor = first.next!;
    const rest = await owner.call("session.list_members", { session_id, limit: 2, cursor });
    expect(rest.data.map(({ id, role }) => [id, role])).to.deep.equal([
      [added[0], "participant"],
      [rest.data[1]!.id, "owner"],
    ]);
    expect(rest.next).to.equal(null);
  });
});
