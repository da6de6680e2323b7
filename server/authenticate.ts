import {
  createRemoteJWKSet,
  type JWTPayload,
  type JWTVerifyGetKey,
  errors as joseErrors,
  jwtVerify,
} from "jose";
import { CommandError } from "../contract/errors.ts";
import { User as UserShape } from "../contract/user.ts";
import { User } from "../models/index.ts";
import type { Actor } from "./actions/action.ts";
import { hashToken } from "./actions/token_secret.ts";
import type { Config } from "./config.ts";
import { sqlIn } from "./database/sql.ts";
import { gather } from "./gather.ts";

/** Finds out who a bearer token speaks for. */
export type Authenticate = (token: string | undefined) => Promise<Actor>;

/**
 * Makes the check of bearer tokens: our own (`tm_…`), and JWTs of the issuer the operator configured.
 * @returns a function that throws CommandError unauthenticated, with a reason a person can act on
 */
export function createAuthenticate(config: Config): Authenticate {
  const jwtActor = config.JWT_ISSUER === undefined ? null : createJwtCheck(config);
  return async (token) => {
    if (!token) throw refused("Send a token: Authorization: Bearer tm_…, or auth: { token }");
    if (token.startsWith("tm_")) return tokenActor(token);
    if (jwtActor === null) throw refused("This is not a Taskmaster token");
    return jwtActor(token);
  };
}

/** A token, with what its actor is. */
interface TokenRow extends Actor {
  readonly token_hash: string;
}

const tokenRow = gather(async (hashes: string[]): Promise<ReadonlyMap<string, TokenRow>> => {
  const sql = sqlIn(null);
  const rows = await sql<TokenRow>(
    `SELECT token_hash, user_id, agent_id, is_admin, scope, access_tokens.id AS token_id, expires_at
       FROM access_tokens JOIN users ON users.id = user_id
      WHERE token_hash = ANY ($1) AND revoked_at IS NULL`,
    [hashes],
  );
  return new Map(rows.map((row) => [row.token_hash, row]));
});

async function tokenActor(token: string): Promise<Actor> {
  const row = await tokenRow(hashToken(token));
  // One answer for all, so that a stolen token tells nothing about its past.
  if (!row || (row.expires_at !== null && row.expires_at <= new Date())) {
    throw refused("The token is unknown, expired or revoked");
  }
  const { token_hash: _, ...actor } = row;
  return actor;
}

/** A new key of the issuer is good after this at the latest; forged ones cost it no more requests. */
const KEYS_COOLDOWN_MS = 5_000;

function createJwtCheck(config: Config): (token: string) => Promise<Actor> {
  const key: Uint8Array | JWTVerifyGetKey = config.JWT_SECRET
    ? new TextEncoder().encode(config.JWT_SECRET)
    : createRemoteJWKSet(new URL(config.JWT_JWKS_URL!), { cooldownDuration: KEYS_COOLDOWN_MS });
  const options = {
    issuer: config.JWT_ISSUER!,
    audience: config.JWT_AUDIENCE!,
    algorithms: config.JWT_ALGORITHMS ?? [config.JWT_SECRET ? "HS256" : "RS256"],
    requiredClaims: ["exp", "email"],
  };
  const verify = (token: string) =>
    typeof key === "function" ? jwtVerify(token, key, options) : jwtVerify(token, key, options);
  return async (token) => {
    const { payload } = await verify(token).catch((error: unknown) => {
      if (keysAway(error)) {
        throw new CommandError("unavailable", "The issuer's keys cannot be fetched now");
      }
      throw refused(
        error instanceof joseErrors.JOSEError
          ? `The JWT was refused: ${error.message}`
          : "The JWT was refused",
      );
    });
    const user = await personOf(payload);
    return {
      user_id: user.id,
      agent_id: null,
      is_admin: user.is_admin,
      scope: "full",
      token_id: null,
      expires_at: new Date(payload.exp! * 1000),
    };
  };
}

/** The person a verified JWT names by email, made when they come for the first time. */
async function personOf(payload: JWTPayload): Promise<User> {
  const { success, data: email } = UserShape.shape.email.safeParse(payload.email);
  if (!success) throw refused("The JWT's email is not an email address");
  // Some issuers write booleans as text.
  const { email_verified = true } = payload;
  if (email_verified !== true && email_verified !== "true") {
    throw refused("The JWT's email is not verified");
  }
  const known = await User.findOne({ where: { email } });
  if (known) return known;
  // The operator trusts the issuer to say who exists, so a person unknown so far is let in.
  const name = UserShape.shape.name.catch(email.slice(0, 200)).parse(payload.name);
  const [user] = await User.findOrCreate({ where: { email }, defaults: { email, name } });
  return user;
}

/** Whether the issuer's keys were not to be had: jose gives a bad answer no class of its own. */
function keysAway(error: unknown): boolean {
  return (
    error instanceof joseErrors.JWKSTimeout ||
    error instanceof TypeError ||
    (error instanceof joseErrors.JOSEError && error.code === joseErrors.JOSEError.code)
  );
}

function refused(message: string): CommandError {
  return new CommandError("unauthenticated", message);
}
