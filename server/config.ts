import * as z from "zod";
import { User } from "../contract/user.ts";

const wholeNumber = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d+$/, "must be a whole number")
    .transform(Number)
    .pipe(z.int().min(min).max(max));

const list = z.string().transform((text) =>
  text
    .split(",")
    .map((item) => item.trim())
    .filter((item) => item !== ""),
);

const origin = z.string().refine((text) => URL.canParse(text) && new URL(text).origin === text, {
  message: "must be origins such as https://example.org, without a path",
});

const webUrl = z.url({
  protocol: /^https?$/,
  error: "must be a URL that starts with http:// or https://",
});

/** The page and its links live at the root. */
const publicUrl = webUrl.pipe(
  z
    .string()
    .refine((text) => new URL(text).href === `${new URL(text).origin}/`, {
      message: "must be a URL such as https://example.org, without a path, query or fragment",
    })
    .transform((text) => new URL(text).origin),
);

/** A Unix socket is named by the query alone, which URL does not take beside a user. */
const socketOnly = /^(\w+:\/\/(?:[^/?#]*@)?)\//;

/** Whether pg and Sequelize can read it: they throw at what they cannot decode, and choose a host if it has none. */
function isPostgresUrl(text: string): boolean {
  const named = text.replace(socketOnly, "$1localhost/");
  try {
    const { protocol, username, password, hostname, pathname, searchParams } = new URL(named);
    for (const part of [username, password, hostname, pathname]) decodeURIComponent(part);
    const hasHost = searchParams.has("host") || (hostname !== "" && named === text);
    return /^postgres(ql)?:$/.test(protocol) && hasHost;
  } catch {
    return false;
  }
}

/**
 * The same URL with its port: without it pg would take one from the environment, and Sequelize would not. That
 * of a Unix socket stands after a host that nobody asks.
 */
function withPort(text: string): string {
  const url = new URL(text.replace(socketOnly, "$1localhost/"));
  url.port ||= url.searchParams.get("port") ?? "5432";
  return url.href;
}

const postgresUrl = z
  .string()
  .refine(isPostgresUrl, {
    message:
      "must be a URL such as postgres://user:password@host/database; write special characters of the password as %XX",
  })
  .transform(withPort);

const redisUrl = z.url({
  protocol: /^rediss?$/,
  error: "must start with redis:// or rediss://",
});

/** Every variable the server reads: what it means, its unit and, if it has one, its default. */
export const variables = {
  PORT: wholeNumber(0, 65_535).default(3000).describe("TCP port; 0 picks a free one"),
  HOST: z.string().default("127.0.0.1").describe("Address to listen on; 0.0.0.0 for all"),
  PUBLIC_URL: publicUrl
    .optional()
    .describe("How people reach this server, for the links it prints"),
  DATA_DIR: z.string().default("./data").describe("Folder of the embedded PostgreSQL"),
  DATABASE_URL: postgresUrl.optional().describe("A PostgreSQL to use instead of the embedded one"),
  DATABASE_POOL_MAX: wholeNumber(2, 1000).default(10).describe("Database connections a node keeps"),
  REDIS_URL: list
    .pipe(z.array(redisUrl).min(1, "must name at least one redis:// or rediss:// URL"))
    .optional()
    .describe(
      "Redis that joins several nodes; several URLs, comma-separated, are one Redis Cluster",
    ),
  BOOTSTRAP_EMAIL: User.shape.email
    .optional()
    .describe("Email of the owner account made on first start"),
  BOOTSTRAP_TOKEN: z
    .string()
    .regex(/^tm_[A-Za-z0-9_-]{43}$/, "must be tm_ and 43 characters of base64url (32 random bytes)")
    .optional()
    .describe("Access token the owner account always has"),
  ALLOWED_ORIGINS: list
    .pipe(z.array(origin))
    .default([])
    .describe(
      "Origins of browser pages that may connect besides the server's own, comma-separated",
    ),
  TRUST_PROXY: wholeNumber(0, 100).default(0).describe("Reverse proxies in front of the server"),
  LOG_LEVEL: z
    .enum(["trace", "debug", "info", "warn", "error", "fatal", "silent"])
    .default("info")
    .describe("The least that is logged"),
  MAX_ENTRY_BYTES: wholeNumber(1024, 16_777_216)
    .default(262_144)
    .describe("Bytes of one command's input, as JSON; larger is too_large"),
  MAX_FRAME_BYTES: wholeNumber(65_536, 268_435_456)
    .default(16_777_216)
    .describe("Bytes of one WebSocket frame; a larger one ends the connection"),
  SUBSCRIBER_BUFFER_BYTES: wholeNumber(16_384, 268_435_456)
    .default(1_048_576)
    .describe("Bytes waiting for one subscriber before it is fed from the database instead"),
  STREAM_CACHE_BYTES: wholeNumber(0, 17_179_869_184)
    .default(67_108_864)
    .describe("Bytes of recent entries of followed sessions, kept for those who join or catch up"),
  APPEND_QUEUE_BYTES: wholeNumber(1_048_576, 4_294_967_296)
    .default(67_108_864)
    .describe("Bytes of posts waiting to be stored on this node; more are rate_limited"),
  STREAM_POLL_MS: wholeNumber(50, 60_000)
    .default(500)
    .describe("Milliseconds between checks for entries whose Redis hint was lost"),
  SHUTDOWN_TIMEOUT_MS: wholeNumber(0, 600_000)
    .default(10_000)
    .describe("Milliseconds a stopping server waits for what it accepted"),
  JWT_ISSUER: z.string().optional().describe("`iss` of the JWTs to accept besides our own tokens"),
  JWT_AUDIENCE: z.string().optional().describe("`aud` the JWTs must carry"),
  JWT_JWKS_URL: webUrl.optional().describe("Where the issuer publishes its public keys"),
  JWT_SECRET: z.string().min(32).optional().describe("Shared secret, if the issuer has no key URL"),
  JWT_ALGORITHMS: list
    .pipe(
      z
        .array(z.enum(["RS256", "ES256", "EdDSA", "PS256", "HS256"]))
        .min(1, "must name at least one"),
    )
    .optional()
    .describe("Signature algorithms to accept; RS256 with a key URL, HS256 with a secret"),
} as const satisfies Record<string, z.ZodType>;

const needIssuer = ["JWT_AUDIENCE", "JWT_JWKS_URL", "JWT_SECRET", "JWT_ALGORITHMS"] as const;

const Environment = z.object(variables).superRefine((env, context) => {
  const issue = (path: string, message: string) =>
    context.addIssue({ code: "custom", path: [path], message });
  const keys = [env.JWT_JWKS_URL, env.JWT_SECRET].filter((key) => key !== undefined);
  if (env.JWT_ISSUER === undefined) {
    const given = needIssuer.filter((name) => env[name] !== undefined);
    if (given.length > 0) issue("JWT_ISSUER", `is needed with ${given.join(" and ")}`);
  } else {
    if (keys.length !== 1) issue("JWT_ISSUER", "needs exactly one of JWT_JWKS_URL and JWT_SECRET");
    if (env.JWT_AUDIENCE === undefined) issue("JWT_AUDIENCE", "is needed with JWT_ISSUER");
  }
  const symmetric = env.JWT_ALGORITHMS?.some((algorithm) => algorithm.startsWith("HS"));
  // A public key accepted as an HMAC secret is the classic JWT forgery.
  if (env.JWT_JWKS_URL && symmetric) issue("JWT_ALGORITHMS", "HS256 does not go with JWT_JWKS_URL");
  if (env.JWT_SECRET && env.JWT_ALGORITHMS?.some((algorithm) => !algorithm.startsWith("HS"))) {
    issue("JWT_ALGORITHMS", "only HS256 goes with JWT_SECRET");
  }
});

export type Config = z.output<typeof Environment>;

/** The start was refused because of the environment; the message lists every fault. */
export class ConfigError extends Error {}

/**
 * Reads the configuration. The only place that looks at the environment.
 * @param env such as process.env; an empty value counts as unset
 * @throws ConfigError naming every malformed variable and what it must be
 */
export function loadConfig(env: Record<string, string | undefined>): Config {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ""));
  const result = Environment.safeParse(given);
  if (result.success) return result.data;
  const faults = result.error.issues.map((issue) => {
    const name = String(issue.path[0]);
    const secret = /SECRET|TOKEN|_URL/.test(name);
    const value =
      given[name] !== undefined && !secret ? ` (is ${JSON.stringify(given[name])})` : "";
    return `  ${name}${value}: ${issue.message}`;
  });
  throw new ConfigError(`The environment is not right:\n${[...new Set(faults)].join("\n")}`);
}

/**
 * What a process that an error ends prints of it. What we throw ourselves says what to do; of anything else the
 * place matters too.
 */
export function whyItEnded(error: unknown): unknown {
  const ours = error instanceof ConfigError || (error instanceof Error && error.name === "Error");
  return ours ? (error as Error).message : error;
}
