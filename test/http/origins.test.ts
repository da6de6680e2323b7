import { once } from "node:events";
import { request } from "node:http";
import { expect } from "chai";
import { createDatabase, type TestDatabase } from "../support/database.ts";
import { OWNER_TOKEN, startNode, type TestNode } from "../support/node.ts";
import { freePort } from "../support/port.ts";

const ALLOWED = ["https://app.example.org", "https://other.example.org:8443"];
const PUBLIC = "https://room.example.org";

describe("browser pages of other origins", () => {
  let database: TestDatabase;
  let node: TestNode;
  let url: string;
  let good: (string | undefined)[];
  let bad: string[];

  before(async () => {
    database = await createDatabase();
    const port = await freePort();
    url = `http://127.0.0.1:${port}`;
    node = await startNode({
      DATABASE_URL: database.url,
      PORT: String(port),
      PUBLIC_URL: `${PUBLIC}/`,
      ALLOWED_ORIGINS: ALLOWED.join(", "),
    });
    good = [undefined, url, PUBLIC, ...ALLOWED];
    bad = [
      "https://evil.example.org",
      "https://app.example.org.evil.example.org",
      "https://app.example.org:444",
      `http://127.0.0.1:${port + 1}`,
      "null",
      "not an origin",
    ];
  });

  after(async () => {
    await node.stop();
    await database.drop();
  });

  /** The status and the headers of the answer; 101 when a WebSocket was opened. */
  const ask = async (path: string, headers: Record<string, string>, method = "GET") => {
    const sent = request(`${url}${path}`, { method, headers, agent: false });
    sent.end();
    const [response] = await Promise.race([once(sent, "response"), once(sent, "upgrade")]);
    response.destroy();
    return { status: response.statusCode as number, headers: response.headers };
  };
  const from = (origin: string | undefined) => (origin === undefined ? {} : { Origin: origin });

  it("may use the API only where the operator allows it", async () => {
    const Authorization = `Bearer ${OWNER_TOKEN}`;
    for (const origin of good) {
      const { status, headers } = await ask("/api/v1/me", { Authorization, ...from(origin) });
      expect(status, origin).to.equal(200);
      expect(headers["access-control-allow-origin"]).to.equal(origin);
      expect(headers).not.to.have.property("access-control-allow-credentials");
      expect(headers.vary).to.match(/Origin/);
    }
    for (const origin of bad) {
      for (const path of ["/api/v1/me", "/readyz", "/"]) {
        const { status, headers } = await ask(path, { Authorization, ...from(origin) });
        expect(status, `${origin} ${path}`).to.equal(403);
        expect(headers).not.to.have.property("access-control-allow-origin");
      }
    }
  });

  it("learn beforehand what they may send", async () => {
    const asking = {
      "Access-Control-Request-Method": "DELETE",
      "Access-Control-Request-Headers": "authorization",
    };
    const { status, headers } = await ask(
      "/api/v1/tokens/1",
      { ...asking, Origin: ALLOWED[0]! },
      "OPTIONS",
    );
    expect(status).to.equal(204);
    expect(headers["access-control-allow-origin"]).to.equal(ALLOWED[0]);
    expect(headers["access-control-allow-methods"]).to.match(/\bDELETE\b/);
    expect(headers["access-control-allow-headers"]).to.match(/\bAuthorization\b/);
    const refused = await ask("/api/v1/tokens/1", { ...asking, Origin: bad[0]! }, "OPTIONS");
    expect(refused.status).to.equal(403);
    expect(refused.headers).not.to.have.property("access-control-allow-origin");
  });

  const transports: [string, Record<string, string>, number][] = [
    ["polling", {}, 200],
    [
      "websocket",
      {
        Connection: "Upgrade",
        Upgrade: "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": Buffer.alloc(16).toString("base64"),
      },
      101,
    ],
  ];
  for (const [transport, headers, opened] of transports) {
    it(`may connect by ${transport} only where the operator allows it`, async () => {
      const path = `/socket.io/?EIO=4&transport=${transport}`;
      for (const origin of good) {
        expect((await ask(path, { ...headers, ...from(origin) })).status, origin).to.equal(opened);
      }
      for (const origin of bad) {
        const refused = await ask(path, { ...headers, ...from(origin) });
        expect(refused.status, origin).to.be.oneOf([400, 403]);
      }
    });
  }
});
