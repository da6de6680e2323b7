import type { Logger } from "pino";
import type { Sequelize } from "sequelize";
import type { Scope } from "../contract/command.ts";
import { type CommandName, commands, type Input, type Output } from "../contract/commands.ts";
import { CommandError, issuesAt } from "../contract/errors.ts";
import { assertPlainJson, MOST_BYTES } from "../contract/json.ts";
import type { Action, Actor, ChangeContext, Revocation, SocketCommand } from "./actions/action.ts";
import { actions } from "./actions/index.ts";
import { assertMayPost } from "./actions/posting.ts";
import { isHelpless, refusalOf } from "./actions/refusal.ts";
import { sqlIn } from "./database/sql.ts";
import { seldom } from "./log.ts";
import { countCommand } from "./metrics.ts";
import { notifyRevoked } from "./revocations.ts";
import type { Access } from "./stream/access.ts";
import type { Moved, Rooms } from "./stream/rooms.ts";
import type { Stream } from "./stream/stream.ts";
import { record, type Written } from "./stream/write.ts";

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

/** Executes a command and answers with its output as JSON, which is at hand for what was posted. */
export type ExecuteJson = (name: Executable, actor: Actor, input: unknown) => Promise<string>;

/** The one path in both its forms, which stop together. */
export interface Executor {
  readonly execute: Execute;
  readonly executeJson: ExecuteJson;
  /** Refuses commands as unavailable from now on; resolves when those accepted before are answered. */
  drain(): Promise<void>;
}

/** How an answer is given. */
interface Form<Answer> {
  ofOutput(output: unknown): Answer;
  ofPosted(written: Written): Answer;
}

const asOutput: Form<unknown> = {
  ofOutput: (output) => output,
  ofPosted: ({ entry, duplicate }) => ({ ...entry, duplicate }),
};

const asJson: Form<string> = {
  ofOutput: (output) => JSON.stringify(output),
  ofPosted: ({ text, duplicate }) => `${text.slice(0, -1)},"duplicate":${duplicate}}`,
};

/** What each command would say as long as it lasts. */
const tellsHelpless = seldom(60_000);

const reach: Record<Scope, number> = { read: 0, write: 1, full: 2 };

/**
 * Makes the one path: check the input and the token's reach, then let the command's action query,
 * change or post; what was appended is published only after it is committed.
 * @param options.maxBytes of one input, as JSON in UTF-8
 * @param options.onRevoked ends what lost its authority on this node; awaited before the answer, so
 *   that nothing posted after the answer can overtake the notice that tells all nodes
 * @returns functions that throw CommandError and nothing else
 */
export function createExecutor(options: {
  sequelize: Sequelize;
  stream: Stream;
  logger: Logger;
  maxBytes: number;
  onRevoked: (revocation: Revocation) => Promise<void>;
}): Executor {
  const { sequelize, stream, logger, maxBytes, onRevoked } = options;
  let underWay = 0;
  let draining = false;
  const onDrained: (() => void)[] = [];

  async function change(
    action: Extract<Action<Executable>, { kind: "change" }>,
    actor: Actor,
    input: never,
  ) {
    const appended: Written[] = [];
    const revoked: Revocation[] = [];
    const output = await sequelize.transaction((transaction) => {
      const context: ChangeContext = {
        actor,
        transaction,
        append: async (draft) => {
          const written = await record(draft.session_id, () => [draft], sqlIn(transaction));
          appended.push(...written);
          return written[0]!.entry;
        },
        move: async (session_id, choose) => {
          let moved: Moved | undefined;
          const draftsOf = (rooms: Rooms, now: string) => {
            moved = rooms.happen(session_id, choose(rooms.get(session_id)), now);
            return moved.drafts;
          };
          appended.push(...(await record(session_id, draftsOf, sqlIn(transaction))));
          return moved!;
        },
        revoke: (revocation) => {
          revoked.push(revocation);
          return notifyRevoked(revocation, transaction);
        },
      };
      return action.run(context, input);
    });
    // Not in a commit hook: Sequelize runs those even when COMMIT failed.
    stream.publish(appended);
    for (const revocation of revoked) {
      // Who revokes their own token gets the answer first; the notice ends them.
      const own = "token_id" in revocation && revocation.token_id === actor.token_id;
      if (!own) await onRevoked(revocation);
    }
    return output;
  }

  function post(
    action: Extract<Action<Executable>, { kind: "post" }>,
    identity: Actor,
    { input, bytes }: Parsed<never>,
  ): Promise<Written> {
    const { session_id, id } = input as { session_id: string; id?: string };
    const draft = (access: Access) => action.draft(access, input);
    return stream.post({ session_id, id, identity, bytes, admit: assertMayPost, draft });
  }

  // Nothing on the way of a post but this and what serves it waits for its promise: thousands are under
  // way at once, and what each of them keeps alive is most of what a post costs.
  async function executed<Answer>(
    name: Executable,
    actor: Actor,
    input: unknown,
    form: Form<Answer>,
  ): Promise<Answer> {
    if (draining) {
      throw new CommandError("unavailable", "This node is stopping; connect again and repeat it");
    }
    underWay += 1;
    try {
      const parsed = parse(name, actor, input, maxBytes) as Parsed<never>;
      const action = actions[name] as Action<Executable>;
      const answer =
        action.kind === "post"
          ? form.ofPosted(await post(action, actor, parsed))
          : action.kind === "query"
            ? form.ofOutput(await action.run(actor, parsed.input))
            : form.ofOutput(await change(action, actor, parsed.input));
      countCommand(name, "ok");
      return answer;
    } catch (error) {
      const refusal = refuse(error, logger, { command: name, user_id: actor.user_id });
      countCommand(name, refusal.code);
      throw refusal;
    } finally {
      underWay -= 1;
      if (underWay === 0) for (const resolve of onDrained.splice(0)) resolve();
    }
  }

  return {
    execute: <Name extends Executable>(name: Name, actor: Actor, input: unknown) =>
      executed(name, actor, input, asOutput) as Promise<Output<Name>>,
    executeJson: (name, actor, input) => executed(name, actor, input, asJson),
    drain: () =>
      new Promise((resolve) => {
        draining = true;
        if (underWay === 0) resolve();
        else onDrained.push(resolve);
      }),
  };
}

/** An input that fits its command, and the bytes that it takes as JSON, about. */
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
  let bytes = assertPlainJson(input, maxBytes);
  if (bytes * MOST_BYTES > maxBytes) bytes = Buffer.byteLength(JSON.stringify(input) ?? "");
  if (bytes > maxBytes) {
    throw new CommandError(
      "too_large",
      `The input is ${bytes} bytes; this server accepts ${maxBytes}`,
    );
  }
  const result = command.input.safeParse(input);
  if (result.success) return { input: result.data as Input<Name>, bytes };
  const details = issuesAt(null, result.error).slice(0, 20);
  const first = details[0];
  throw new CommandError(
    "invalid_input",
    `The input of ${name} is not right: ${first?.path ? `${first.path}: ` : ""}${first?.message}`,
    { details },
  );
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
  if (refusal.code === "unavailable" && refusal !== error) {
    // revocations.ts says once that the database is away; here it would be said for every command.
    if (isHelpless(error) && tellsHelpless()) {
      logger.error({ ...about, err: error }, "PostgreSQL takes no writes");
    } else logger.debug({ ...about, err: error }, "a part is away");
  }
  return refusal;
}
