import { expect } from "chai";
import { Client } from "../../client/index.ts";
import type { CommandError } from "../../contract/errors.ts";
import { connect, type TestClient } from "../support/client.ts";
import { createDatabase, type TestDatabase } from "../support/database.ts";
import { startNode, type TestNode } from "../support/node.ts";
import { newPerson } from "../support/people.ts";

describe("a client whose token is revoked while it is open", () => {
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

  for (const follows of [false, true]) {
    it(`is told so, and what it asks for is refused (${follows ? "follows a session" : "idle"})`, async () => {
      const { token, token_id, user_id } = await newPerson(owner);
      const client = new Client({ url: node.url, token });
      await client.connected();
      let ended: Promise<unknown> | undefined;
      if (follows) {
        const { id: session_id } = await owner.call("session.create", { title: "Room" });
        await owner.call("session.add_member", { session_id, user_id });
        const entries = client.session(session_id).entries({ after: 0 });
        await entries.next();
        ended = entries.next().then(
          () => "more",
          (error) => error.code,
        );
      }
      const told = new Promise<CommandError>((resolve) => client.on("unauthenticated", resolve));
      await owner.call("token.revoke", { token_id });
      expect(await told).to.include({ code: "unauthenticated" });
      if (ended) expect(await ended).to.be.oneOf(["unauthenticated", "forbidden"]);
      const refused = await client.command("me.get", {}).catch((error: CommandError) => error.code);
      expect(refused).to.equal("unauthenticated");
      client.close();
    });
  }
});
