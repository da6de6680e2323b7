import { expect } from "chai";
import { connect, type TestClient } from "../support/client.ts";
import { createDatabase, type TestDatabase } from "../support/database.ts";
import { peakMb, residentMb } from "../support/memory.ts";
import { startNode, type TestNode } from "../support/node.ts";

const READS = 150;
const LIMIT_MB = 200;

/** The WebSocket under a client of Socket.IO, which by itself never stops reading. */
interface Pausable {
  pause(): void;
  resume(): void;
}

describe("a client that asks and does not take the answers", () => {
  let database: TestDatabase;
  let node: TestNode;
  let client: TestClient;

  before(async () => {
    database = await createDatabase();
    node = await startNode({ DATABASE_URL: database.url });
    client = await connect(node.url);
  });

  after(async () => {
    client.close();
    await node.stop();
    await database.drop();
  });

  it("costs bounded memory, and gets them all when it reads again", async () => {
    const { id: session_id } = await client.call("session.create", { title: "Large" });
    const content = "x".repeat(250_000);
    for (let n = 0; n < 8; n += 1) await client.call("comment.post", { session_id, content });

    const idle = await connect(node.url);
    const { ws } = idle.socket.io.engine.transport as unknown as { ws: Pausable };
    ws.pause();

    const before = residentMb(node.process.pid!);
    let asked: Promise<unknown>[] = [];
    const peak = await peakMb(node.process.pid!, async () => {
      const read = (by: TestClient) => by.call("stream.read", { session_id });
      asked = Array.from({ length: READS }, () => read(idle));
      // Others are served meanwhile, for longer than all those reads would take.
      for (let n = 0; n < READS; n += 1) await read(client);
    });
    expect(peak - before, "MB more than before").to.be.below(LIMIT_MB);

    ws.resume();
    expect(await Promise.all(asked)).to.have.length(READS);
    idle.close();
  }).timeout(60_000);
});
