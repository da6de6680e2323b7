import type { Logger } from "pino";
import type { Sequelize } from "sequelize";
import type * as z from "zod";
import type { Scope } from "../contract/command.ts";
import { type CommandName, commands, type Input, type Output } from "../contract/commands.ts";
import { CommandError, type Issue } from "../contract/errors.ts";
import { assertPlainJson } from "../contract/json.ts";
import type { Action, Actor, ChangeContext, SocketCommand } from "./actions/action.ts";
import { actions } from "./actions/index.ts";
import { assertMayPost } from "./actions/posting.ts";
import { refusalOf } from "./actions/refusal.ts";
import { sqlIn } from "./database/sql.ts";
import { metrics } from "./metrics.ts";
import { notifyRevoked } from "./revocations.ts";
import type { Stream } from "./stream/stream.ts";
import { lockSessions, type Written, write } from "./stream/write.ts";

/** The commands that both transports can execute. */
export type Executable = Exclude<CommandName, SocketCommand>;

/** Whether a command only reads. */
export function isQuery(name: Executable): boolean {
  return actions[name].kind === "query";
}

/** Executes a command for an actor: the one path, whatever the transport. */
export type Execute = <Name extends Executable>(
  name: Name,
  actor: Actor,
  input: unknown,
) => Promise<Output<Name>>;

const reach: Record<Scope, number> = { read: 0, write: 1, full: 2 };

/**
 * Makes the one path: check the input and the token's reach, then let the command's action query,
 * change or post; what was appended is published only after it is committed.
 * @param options.maxBytes of one input, as JSON in UTF-8
 * @returns a function that throws CommandError and nothing else
 */
export function createExecute(options: {
  sequelize: Sequelize;
  stream: Stream;
  logger: Logger;
  maxBytes: number;
}): Execute {
  const { sequelize, stream, logger, maxBytes } = options;

  async function change(
    action: Extract<Action<Executable>, { kind: "change" }>,
    actor: Actor,
    input: never,
  ) {
    const appended: Written[] = [];
    const output = await sequelize.transaction((transaction) => {
      const context: ChangeContext = {
        actor,
        transaction,
        append: async (draft) => {
          const sql = sqlIn(transaction);
          const locked = await lockSessions([draft.session_id], sql);
          const { result, sent } = write([{ draft }], locked, new Map(), sql);
          await sent;
          const [written] = result;
          if (written === undefined || written instanceof CommandError) throw written;
          appended.push(written);
          return written.entry;
        },
        revoke: (revocation) => notifyRevoked(revocation, transaction),
      };
      return action.run(context, input);
    });
    // Not in a commit hook: Sequelize runs those even when COMMIT failed.
    metrics.appended.inc(appended.length);
    stream.publish(appended);
    return output;
  }

  async function run(
    action: Action<Executable>,
    actor: Actor,
    { input, bytes }: Parsed<never>,
  ): Promise<unknown> {
    switch (action.kind) {
      case "query":
        return action.run(actor, input);
      case "change":
        return change(action, actor, input);
      case "post": {
        const { session_id, id } = input as { session_id: string; id?: string };
        const { entry, duplicate } = await stream.post({
          session_id,
          id,
          identity: actor,
          bytes,
          admit: assertMayPost,
          draft: (access) => action.draft(access, input),
        });
        return { ...entry, duplicate };
      }
    }
  }

  return async <Name extends Executable>(name: Name, actor: Actor, input: unknown) => {
    try {
      const parsed = parse(name, actor, input, maxBytes);
      const output = await run(actions[name] as Action<Executable>, actor, parsed as Parsed<never>);
      metrics.commands.inc({ command: name, outcome: "ok" });
      return output as Output<Name>;
    } catch (error) {
      const refusal = refuse(error, logger, { command: name, user_id: actor.user_id });
      metrics.commands.inc({ command: name, outcome: refusal.code });
      throw refusal;
    }
  };
}

/** An input that fits its command, and its size as JSON in UTF-8. */
export interface Parsed<Input> {
  readonly input: Input;
  readonly bytes: number;
}

/**
 * Checks what a client sent before anything is done with it.
 * @returns the input in the shape the command declares
 * @throws CommandError invalid_input, too_large, unauthenticated (the token has expired), forbidden
 */
export function parse<Name extends CommandName>(
  name: Name,
  actor: Actor,
  input: unknown,
  maxBytes: number,
): Parsed<Input<Name>> {
  const command = commands[name];
  if (actor.expires_at !== null && actor.expires_at.getTime() <= Date.now()) {
    throw new CommandError("unauthenticated", "The token has expired");
  }
  if (reach[actor.scope] < reach[command.scope]) {
    throw new CommandError(
      "forbidden",
      `This token's scope is ${actor.scope}; ${name} needs ${command.scope}`,
    );
  }
  assertPlainJson(input, maxBytes);
  const bytes = Buffer.byteLength(JSON.stringify(input) ?? "");
  if (bytes > maxBytes) {
    throw new CommandError(
      "too_large",
      `The input is ${bytes} bytes; this server accepts ${maxBytes}`,
    );
  }
  const result = command.input.safeParse(input);
  if (result.success) return { input: result.data as Input<Name>, bytes };
  const details = result.error.issues.flatMap(fieldsOf).slice(0, 20);
  const first = details[0];
  throw new CommandError(
    "invalid_input",
    `The input of ${name} is not right: ${first?.path ? `${first.path}: ` : ""}${first?.message}`,
    { details },
  );
}

/** The fields that an issue is about: each unknown one by its own name. */
function fieldsOf(issue: z.core.$ZodIssue): Issue[] {
  // A key of the client's making may be as long as its input, and an error must stay readable.
  const at = (path: PropertyKey[], message: string) => ({
    path: path.join(".").slice(0, 200),
    message,
  });
  if (issue.code !== "unrecognized_keys") return [at(issue.path, issue.message)];
  return issue.keys.map((key) => at([...issue.path, key], "there is no such field"));
}

/**
 * Turns whatever was thrown into something a client may read; what nobody foresaw is logged.
 * @param about logged beside the error
 */
export function refuse(error: unknown, logger: Logger, about: object): CommandError {
  const refusal = refusalOf(error);
  if (refusal === null) {
    logger.error({ ...about, err: error }, "a command failed");
    const internal = new CommandError("internal", "The server failed to do this; its log says why");
    return Object.assign(internal, { cause: error });
  }
  // revocations.ts says once that the database is away; here it would be said for every command.
  if (refusal.code === "unavailable" && refusal !== error)
    logger.debug({ ...about, err: error }, "a part is away");
  return refusal;
}
