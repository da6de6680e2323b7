import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout } from "node:timers/promises";
import { expect } from "chai";
import {
  type CryptoKey,
  exportJWK,
  exportSPKI,
  generateKeyPair,
  type JWTPayload,
  SignJWT,
  UnsecuredJWT,
} from "jose";
import { connect, type TestClient } from "../support/client.ts";
import { createDatabase, type TestDatabase } from "../support/database.ts";
import { request } from "../support/http.ts";
import { OWNER_TOKEN, startNode, type TestNode } from "../support/node.ts";

const ISSUER = "https://issuer.example.org";
const AUDIENCE = "taskmaster";
const SECRET = "a secret that is shared with the issuer";

/** What the issuer says of somebody who may come in. */
const ALICE = { iss: ISSUER, aud: AUDIENCE, email: "alice@example.org", name: "Alice" };
const inSeconds = (seconds: number) => Math.floor(Date.now() / 1000) + seconds;

/** An issuer that publishes whatever keys it has at the moment. */
class Issuer {
  readonly #server: Server;
  #private!: CryptoKey;
  #keys: object[] = [];
  status = 200;
  #number = 0;

  private constructor() {
    this.#server = createServer((_request, response) => {
      response.writeHead(this.status, { "Content-Type": "application/json" });
      response.end(JSON.stringify({ keys: this.#keys }));
    });
  }

  static async start(): Promise<Issuer> {
    const issuer = new Issuer();
    await issuer.rotate();
    await new Promise<void>((resolve) => issuer.#server.listen(0, "127.0.0.1", resolve));
    return issuer;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/keys`;
  }

  get kid(): string {
    return `key ${this.#number}`;
  }

  /** Signs with a new key from now on, and forgets the old one; returns the new public key. */
  async rotate(): Promise<CryptoKey> {
    const { privateKey, publicKey } = await generateKeyPair("RS256");
    this.#number += 1;
    this.#private = privateKey;
    this.#keys = [{ ...(await exportJWK(publicKey)), kid: this.kid, alg: "RS256", use: "sig" }];
    return publicKey;
  }

  sign(claims: JWTPayload, exp: number | null = inSeconds(60)): Promise<string> {
    return new SignJWT({ ...claims, ...(exp !== null && { exp }) })
      .setProtectedHeader({ alg: "RS256", kid: this.kid })
      .sign(this.#private);
  }

  stop(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}

const sharedJwt = (claims: JWTPayload, secret = SECRET) =>
  new SignJWT({ exp: inSeconds(60), ...claims })
    .setProtectedHeader({ alg: "HS256" })
    .sign(new TextEncoder().encode(secret));

const me = async (url: string, token: string | null) => {
  const { status, headers, body } = await request(url, token, "/me");
  return { status, headers, body: body as Record<string, unknown> };
};

/** Expects a token to be refused over HTTP and at the connect of a socket, in the same words. */
async function expectRefused(url: string, token: string, code = "unauthenticated") {
  const { status, body, headers } = await me(url, token);
  expect(body.code, `${body.detail}`).to.equal(code);
  expect(status).to.equal(code === "unauthenticated" ? 401 : 503);
  if (status === 401) expect(headers.get("WWW-Authenticate")).to.equal("Bearer");
  const error = await connect(url, token).then(
    () => expect.fail("the socket was let in"),
    (refused: Error & { data?: { code: string; message: string } }) => refused,
  );
  expect(error.data).to.deep.equal({ code, message: body.detail });
  return body.detail as string;
}

describe("authentication", () => {
  let database: TestDatabase;
  let issuer: Issuer;
  let node: TestNode;
  let sharing: TestNode;
  let owner: TestClient;

  before(async () => {
    database = await createDatabase();
    issuer = await Issuer.start();
    const env = { DATABASE_URL: database.url, JWT_ISSUER: ISSUER, JWT_AUDIENCE: AUDIENCE };
    [node, sharing] = await Promise.all([
      startNode({ ...env, JWT_JWKS_URL: issuer.url }),
      startNode({ ...env, JWT_SECRET: SECRET }),
    ]);
    owner = await connect(node.url);
  });

  after(async () => {
    owner.close();
    issuer.stop();
    await Promise.all([node.stop(), sharing.stop()]);
    await database.drop();
  });

  describe("by our own tokens", () => {
    it("knows the owner, over both transports", async () => {
      const { status, body } = await me(node.url, OWNER_TOKEN);
      expect(status).to.equal(200);
      expect(body).to.include({ email: "owner@example.org", is_admin: true, scope: "full" });
      expect(await owner.call("me.get", {})).to.deep.equal(body);
    });

    it("says what to send when nothing, or something else, was sent", async () => {
      expect((await me(node.url, null)).body).to.include({ code: "unauthenticated", status: 401 });
      for (const Authorization of [
        ...["", "Bearer", "Bearer ", OWNER_TOKEN, `Basic ${OWNER_TOKEN}`],
        ...[`Bearer ${OWNER_TOKEN} junk`, `Bearer ${OWNER_TOKEN}, Bearer ${OWNER_TOKEN}`],
      ]) {
        const { status } = await request(node.url, null, "/me", { headers: { Authorization } });
        expect(status, Authorization).to.equal(401);
      }
      for (const Authorization of [`bearer ${OWNER_TOKEN}`, `Bearer  ${OWNER_TOKEN}`]) {
        const { status } = await request(node.url, null, "/me", { headers: { Authorization } });
        expect(status, Authorization).to.equal(200);
      }
    });

    it("refuses unknown, malformed and revoked ones in the same words", async () => {
      const { token, id } = await owner.call("token.create", { name: "short-lived" });
      await owner.call("token.revoke", { token_id: id });
      const words = new Set<string>();
      for (const bad of [
        token,
        `tm_${"x".repeat(43)}`,
        "tm_",
        "tm_'; DROP TABLE users",
        `${OWNER_TOKEN}x`,
      ]) {
        words.add(await expectRefused(node.url, bad));
      }
      expect([...words]).to.deep.equal(["The token is unknown, expired or revoked"]);
    });

    it("ends a socket when its token expires, and takes it no more", async () => {
      const expires_at = new Date(Date.now() + 1_000).toISOString();
      const { token } = await owner.call("token.create", { name: "short-lived", expires_at });
      const client = await connect(node.url, token);
      const reason = await new Promise((resolve) => client.socket.once("disconnect", resolve));
      expect(reason).to.equal("io server disconnect");
      expect(Date.now()).to.be.at.least(Date.parse(expires_at));
      await expectRefused(node.url, token);
    });

    it("lets a bot's token act as its agent only", async () => {
      const agent = { type: "custom", role: "speaker", config: {} } as const;
      const [own, other] = await Promise.all(
        ["own", "other"].map((name) => owner.call("agent.create", { ...agent, name })),
      );
      const agent_ids = [own!.id, other!.id];
      const session = await owner.call("session.create", { title: "Bots", agent_ids });
      const { token } = await owner.call("token.create", { name: "bot", agent_id: own!.id });
      const bot = await connect(node.url, token);
      expect(await bot.call("me.get", {})).to.include({ agent_id: own!.id, scope: "write" });
      const input = { session_id: session.id, content: "hello" };
      const message = await bot.call("message.post", input);
      expect(message).to.include({ sender_agent_id: own!.id });
      const asOther = { ...input, sender_agent_id: other!.id };
      for (const [event, given] of [
        ["message.post", asOther],
        ["token.create", { name: "another" }],
        ["me.update", { name: "Somebody" }],
      ] as const) {
        const reply = await bot.send(event, given);
        expect(reply, event).to.have.nested.property("error.code", "forbidden");
      }
      bot.close();
    });
  });

  describe("by JWTs of a shared secret", () => {
    it("lets in whom the issuer names, and makes them a person once", async () => {
      const [first, second] = await Promise.all([
        me(sharing.url, await sharedJwt({ ...ALICE, email: "Bob@Example.org", name: "Bob" })),
        me(sharing.url, await sharedJwt({ ...ALICE, email: "bob@example.org", name: "Bob" })),
      ]);
      expect(first.body).to.include({ email: "bob@example.org", name: "Bob", is_admin: false });
      expect(second.body).to.deep.equal(first.body);
    });

    it("means the same person as an admin who entered them", async () => {
      const email = "Carol@Example.org";
      const carol = await owner.call("user.create", { email, name: "Carol" });
      const { body } = await me(sharing.url, await sharedJwt({ ...ALICE, email }));
      expect(body).to.include({ id: carol.id, name: "Carol" });
    });

    it("refuses another secret, no signature and another algorithm", async () => {
      await expectRefused(
        sharing.url,
        await sharedJwt(ALICE, "another secret of at least 32 chars"),
      );
      await expectRefused(sharing.url, new UnsecuredJWT({ ...ALICE, exp: inSeconds(60) }).encode());
      const hs512 = await new SignJWT({ ...ALICE, exp: inSeconds(60) })
        .setProtectedHeader({ alg: "HS512" })
        .sign(new TextEncoder().encode(SECRET));
      await expectRefused(sharing.url, hs512);
      await expectRefused(sharing.url, await issuer.sign(ALICE));
    });
  });

  describe("by JWTs of a key URL", () => {
    it("lets in whom the issuer names", async () => {
      const token = await issuer.sign(ALICE);
      const { body } = await me(node.url, token);
      expect(body).to.include({
        email: ALICE.email,
        name: "Alice",
        is_admin: false,
        scope: "full",
      });
      const client = await connect(node.url, token);
      expect(await client.call("me.get", {})).to.deep.equal(body);
      client.close();
    });

    const { email: _email, ...nameless } = ALICE;
    const wrong: [string, JWTPayload][] = [
      ["another issuer", { ...ALICE, iss: "https://evil.example.org" }],
      ["another audience", { ...ALICE, aud: "another service" }],
      ["a time that has not begun", { ...ALICE, nbf: inSeconds(3600) }],
      ["no email", nameless],
      ["an email that is none", { ...ALICE, email: ["alice@example.org"] }],
      ["an email that is not verified", { ...ALICE, email_verified: false }],
      ["an email that is not verified, in words", { ...ALICE, email_verified: "false" }],
    ];
    for (const [what, claims] of wrong) {
      it(`refuses ${what}`, async () => {
        await expectRefused(node.url, await issuer.sign(claims));
      });
    }

    it("refuses a token that has expired, and one that never will", async () => {
      await expectRefused(node.url, await issuer.sign(ALICE, inSeconds(-1)));
      await expectRefused(node.url, await issuer.sign(ALICE, null));
    });

    it("refuses one without a signature, and one signed with the public key as a secret", async () => {
      const claims = { ...ALICE, exp: inSeconds(60) };
      await expectRefused(node.url, new UnsecuredJWT(claims).encode());
      const publicKey = await issuer.rotate();
      const forged = await new SignJWT(claims)
        .setProtectedHeader({ alg: "HS256", kid: issuer.kid })
        .sign(new TextEncoder().encode(await exportSPKI(publicKey)));
      await expectRefused(node.url, forged);
    });

    it("refuses a key that the issuer does not have, and takes a new one", async () => {
      const old = await issuer.sign(ALICE);
      await issuer.rotate();
      const renewed = await issuer.sign(ALICE);
      // The issuer is asked again only some seconds after the last time.
      while ((await me(node.url, renewed)).status !== 200) await setTimeout(100);
      await expectRefused(node.url, old);
    });

    it("says that it cannot tell while the issuer's keys are not to be had", async () => {
      issuer.status = 500;
      const third = await startNode({
        DATABASE_URL: database.url,
        JWT_ISSUER: ISSUER,
        JWT_AUDIENCE: AUDIENCE,
        JWT_JWKS_URL: issuer.url,
      });
      await expectRefused(third.url, await issuer.sign(ALICE), "unavailable");
      issuer.status = 200;
      expect((await me(third.url, await issuer.sign(ALICE))).status).to.equal(200);
      await third.stop();
    });

    it("ends a socket when its JWT expires", async () => {
      const exp = inSeconds(2);
      const client = await connect(node.url, await issuer.sign(ALICE, exp));
      await new Promise((resolve) => client.socket.once("disconnect", resolve));
      expect(Date.now()).to.be.at.least(exp * 1000);
    });
  });
});
