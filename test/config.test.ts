import { expect } from "chai";
import * as z from "zod";
import { ConfigError, loadConfig, variables } from "../server/config.ts";
import { plain, readTables } from "./support/tables.ts";

/** The message that stops the start. */
function refusal(env: Record<string, string>): string {
  try {
    loadConfig(env);
  } catch (error) {
    expect(error).to.be.instanceOf(ConfigError);
    return (error as Error).message;
  }
  return expect.fail("the environment was accepted");
}

const SECRET = "x".repeat(32);
const KEYS = "https://issuer.example.org/keys";

describe("configuration", () => {
  it("has a default for what a newcomer does not set, and an empty value counts as unset", () => {
    const defaults = {
      PORT: 3000,
      HOST: "127.0.0.1",
      DATA_DIR: "./data",
      DATABASE_POOL_MAX: 10,
      ALLOWED_ORIGINS: [],
      TRUST_PROXY: 0,
      LOG_LEVEL: "info",
      MAX_ENTRY_BYTES: 262_144,
      MAX_FRAME_BYTES: 16_777_216,
      SUBSCRIBER_BUFFER_BYTES: 1_048_576,
      STREAM_CACHE_BYTES: 67_108_864,
      APPEND_QUEUE_BYTES: 67_108_864,
      STREAM_POLL_MS: 500,
      SHUTDOWN_TIMEOUT_MS: 10_000,
    };
    expect(loadConfig({ PATH: "/bin" })).to.deep.equal(defaults);
    const empty = Object.fromEntries(Object.keys(variables).map((name) => [name, ""]));
    expect(loadConfig(empty)).to.deep.equal(defaults);
  });

  it("takes what is well formed", () => {
    const config = loadConfig({
      PORT: "0",
      ALLOWED_ORIGINS: " https://a.example.org , http://localhost:5173,",
      PUBLIC_URL: "https://room.example.org/",
      DATABASE_URL: "postgres://taskmaster@/taskmaster?host=%2Ftmp%2Fa%20b",
      REDIS_URL: "rediss://:secret@redis.example.org:6380/2, redis://10.0.0.2",
      BOOTSTRAP_EMAIL: "Owner@localhost",
    });
    expect(config).to.deep.include({
      PORT: 0,
      ALLOWED_ORIGINS: ["https://a.example.org", "http://localhost:5173"],
      PUBLIC_URL: "https://room.example.org",
      REDIS_URL: ["rediss://:secret@redis.example.org:6380/2", "redis://10.0.0.2"],
      BOOTSTRAP_EMAIL: "owner@localhost",
    });
  });

  it("lists every malformed variable, and what it must be, in one message", () => {
    const malformed: Record<string, [string, RegExp]> = {
      PORT: ["http", /must be a whole number/],
      PUBLIC_URL: ["room.example.org", /must be a URL that starts with http/],
      DATABASE_URL: ["mysql://localhost", /must be a URL such as postgres:\/\//],
      DATABASE_POOL_MAX: ["1", />=2/],
      REDIS_URL: ["localhost:6379", /must start with redis:\/\//],
      BOOTSTRAP_EMAIL: ["owner", /email/],
      BOOTSTRAP_TOKEN: ["tm_short", /must be tm_ and 43 characters/],
      ALLOWED_ORIGINS: ["https://a.example.org/path", /without a path/],
      TRUST_PROXY: ["true", /must be a whole number/],
      LOG_LEVEL: ["verbose", /"trace"\|"debug"\|"info"/],
      MAX_ENTRY_BYTES: ["1023", />=1024/],
      MAX_FRAME_BYTES: ["1e9", /must be a whole number/],
      SUBSCRIBER_BUFFER_BYTES: ["-1", /must be a whole number/],
      APPEND_QUEUE_BYTES: ["0", />=1048576/],
      STREAM_POLL_MS: ["60001", /<=60000/],
      SHUTDOWN_TIMEOUT_MS: ["ten", /must be a whole number/],
      JWT_JWKS_URL: ["ftp://issuer", /must be a URL that starts with http/],
      JWT_SECRET: ["short", />=32/],
      JWT_ALGORITHMS: ["none", /"RS256"\|"ES256"/],
    };
    const lines = refusal(
      Object.fromEntries(Object.entries(malformed).map(([name, [value]]) => [name, value])),
    ).split("\n");
    for (const [name, [, words]] of Object.entries(malformed)) {
      const line = lines.find((text) => text.startsWith(`  ${name}`));
      expect(line, name).to.match(words);
    }
    expect(lines).to.have.length(Object.keys(malformed).length + 1);
  });

  it("repeats no secret in that message", () => {
    const message = refusal({
      PORT: "http",
      BOOTSTRAP_TOKEN: "tm_almost-right",
      JWT_SECRET: "too-short",
      DATABASE_URL: "mysql://user:hunter2@host",
      REDIS_URL: "http://user:hunter2@host",
    });
    expect(message).to.include('PORT (is "http")');
    expect(message).not.to.match(/almost-right|too-short|hunter2/);
  });

  it("refuses origins that could mean more than they say", () => {
    for (const origin of ["*", "null", "https://*.example.org/", "example.org", "file:///"]) {
      expect(refusal({ ALLOWED_ORIGINS: origin }), origin).to.include("ALLOWED_ORIGINS");
    }
    expect(refusal({ PUBLIC_URL: "file:///srv" })).to.include("PUBLIC_URL");
  });

  it("takes every address of a PostgreSQL that can be read, and says how to write the others", () => {
    const whole =
      "postgresql://user:s%23c%2Fr%25t@db.example.org:5433/taskmaster?sslmode=verify-full";
    // What has no port gets PostgreSQL's own, since drivers differ in where else they look for one.
    for (const [url, taken] of [
      [whole, whole],
      ["postgres://db.example.org", "postgres://db.example.org:5432"],
      ["postgres://user@[::1]/taskmaster", "postgres://user@[::1]:5432/taskmaster"],
      [
        "postgres://user@/taskmaster?host=/run/postgresql&port=5433",
        "postgres://user@localhost:5433/taskmaster?host=/run/postgresql&port=5433",
      ],
      [
        "postgres:///taskmaster?host=%2Frun%2Fpostgresql",
        "postgres://localhost:5432/taskmaster?host=%2Frun%2Fpostgresql",
      ],
    ]) {
      expect(loadConfig({ DATABASE_URL: url })).to.include({ DATABASE_URL: taken });
    }
    for (const url of [
      "postgres://",
      "postgres://user@/taskmaster",
      "postgres://user:s3c%ZZ@db/taskmaster",
      "postgres://user:s3c#r@db/taskmaster",
      "postgres://user:100%@db/taskmaster",
    ]) {
      expect(refusal({ DATABASE_URL: url }), url).to.include("characters of the password as %XX");
    }
  });

  it("takes no address of its own that its links could not begin with", () => {
    for (const url of ["?x=1", "?", "#x", "/room", "/room/"]) {
      const message = refusal({ PUBLIC_URL: `https://room.example.org${url}` });
      expect(message, url).to.include("without a path, query or fragment");
    }
  });

  it("asks for something in a list that has nothing", () => {
    expect(refusal({ REDIS_URL: "," })).to.include("must name at least one redis://");
    expect(refusal({ JWT_ALGORITHMS: " , " })).to.include("must name at least one");
  });

  it("needs an issuer, an audience and one kind of key for JWTs", () => {
    const issuer = { JWT_ISSUER: "https://issuer.example.org", JWT_AUDIENCE: "taskmaster" };
    expect(loadConfig({ ...issuer, JWT_JWKS_URL: KEYS })).to.include({ JWT_JWKS_URL: KEYS });
    expect(loadConfig({ ...issuer, JWT_SECRET: SECRET })).to.include({ JWT_SECRET: SECRET });
    expect(refusal(issuer)).to.match(/JWT_ISSUER.*exactly one of/);
    expect(refusal({ ...issuer, JWT_JWKS_URL: KEYS, JWT_SECRET: SECRET })).to.match(/exactly one/);
    for (const [name, value] of Object.entries({
      JWT_SECRET: SECRET,
      JWT_JWKS_URL: KEYS,
      JWT_AUDIENCE: "taskmaster",
      JWT_ALGORITHMS: "RS256",
    })) {
      expect(refusal({ [name]: value })).to.include(`JWT_ISSUER: is needed with ${name}`);
    }
    expect(refusal({ ...issuer, JWT_AUDIENCE: "", JWT_SECRET: SECRET })).to.match(
      /JWT_AUDIENCE: is needed/,
    );
  });

  it("lets no algorithm go with a key of the other kind", () => {
    const issuer = { JWT_ISSUER: "https://issuer.example.org", JWT_AUDIENCE: "taskmaster" };
    const keys = { ...issuer, JWT_JWKS_URL: KEYS };
    expect(loadConfig({ ...keys, JWT_ALGORITHMS: "ES256,EdDSA" }).JWT_ALGORITHMS).to.deep.equal([
      "ES256",
      "EdDSA",
    ]);
    expect(refusal({ ...keys, JWT_ALGORITHMS: "RS256,HS256" })).to.match(/HS256 does not go/);
    expect(refusal({ ...issuer, JWT_SECRET: SECRET, JWT_ALGORITHMS: "RS256" })).to.match(
      /only HS256 goes/,
    );
  });

  it("is documented, every variable with its default and its limits", () => {
    const rows = readTables("docs/configuration.md");
    const documented = new Map(rows.map(([name, ...cells]) => [plain(name), cells]));
    expect([...documented.keys()].sort()).to.deep.equal(Object.keys(variables).sort());
    const config: Record<string, unknown> = loadConfig({});
    for (const [name, variable] of Object.entries(variables)) {
      const [given, form, meaning] = documented.get(name)!;
      const value = config[name];
      const expected = value === undefined || Array.isArray(value) ? "" : String(value);
      expect(plain(given), `the default of ${name}`).to.equal(expected);
      expect(meaning, `the meaning of ${name}`).not.to.equal("");
      const schema = z.toJSONSchema(variable as z.ZodType, {
        io: "output",
        unrepresentable: "any",
      });
      if (schema.type !== "integer") continue;
      const limits = `${schema.minimum} to ${schema.maximum}`;
      expect(form, `the limits of ${name}`).to.include(limits);
      if (/_MS$/.test(name)) expect(form).to.match(/^milliseconds/);
      if (/_BYTES$/.test(name)) expect(form).to.match(/^bytes/);
    }
  });
});
