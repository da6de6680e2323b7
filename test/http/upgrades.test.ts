import { once } from "node:events";
import { connect } from "node:net";
import { expect } from "chai";
import { createDatabase, type TestDatabase } from "../support/database.ts";
import { OWNER_TOKEN, startNode, type TestNode } from "../support/node.ts";

describe("a request that asks to go on in another protocol", () => {
  let database: TestDatabase;
  let node: TestNode;

  before(async () => {
    database = await createDatabase();
    node = await startNode({ DATABASE_URL: database.url });
  });

  after(async () => {
    await node.stop();
    await database.drop();
  });

  /** Sends requests on one connection, each once the one before is answered; the answers' texts. */
  const ask = async (requests: string[][]) => {
    const { hostname, port } = new URL(node.url);
    const connection = connect(Number(port), hostname);
    await once(connection, "connect");
    const answers: string[] = [];
    for (const parts of requests) {
      for (const part of parts) connection.write(part);
      let answer = "";
      while (!answer.endsWith("}")) answer += (await once(connection, "data"))[0];
      answers.push(answer);
    }
    connection.destroy();
    return answers;
  };
  const authorized = `Host: here\r\nAuthorization: Bearer ${OWNER_TOKEN}\r\n`;
  const h2c = "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n";

  it("is served in its own, body and all, and so are those after it on the connection", async () => {
    const body = JSON.stringify({ title: "a room for ünïcode" });
    const answers = await ask([
      [`GET /api/v1/me HTTP/1.1\r\n${authorized}${h2c}\r\n`],
      [
        `POST /api/v1/sessions HTTP/1.1\r\n${authorized}${h2c}Content-Type: application/json\r\n`,
        `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body.slice(0, 9)}`,
        body.slice(9),
      ],
      [`GET /api/v1/me HTTP/1.1\r\n${authorized}\r\n`],
    ]);
    for (const answer of answers) expect(answer).to.match(/^HTTP\/1.1 20[01] /);
    expect(answers[1]).to.include("a room for ünïcode");
  });

  it("is told that there is nothing where no WebSocket is", async () => {
    const [answer] = await ask([
      [
        "GET /sockets HTTP/1.1\r\nHost: here\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n",
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
      ],
    ]);
    expect(answer)
      .to.match(/^HTTP\/1.1 404 /)
      .and.include("There is nothing at GET /sockets");
  });
});
