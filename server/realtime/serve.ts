import type { Logger } from "pino";
import { type CommandName, isCommandName } from "../../contract/commands.ts";
import { CommandError } from "../../contract/errors.ts";
import { type Executable, type ExecuteJson, isQuery, refuse } from "../execute.ts";
import { MAX_WAITING_BYTES, type Serve, type SocketConnection } from "./connection.ts";
import type { socketCommands } from "./socket_commands.ts";

/** Commands one socket may have under way; a client that pipelines more is told to wait. */
const MAX_UNDER_WAY = 4096;

/** Makes what serves the commands of a node's sockets. */
export function createServe(node: {
  executeJson: ExecuteJson;
  socketCommands: ReturnType<typeof socketCommands>;
  logger: Logger;
}): Serve {
  const { executeJson, socketCommands: own, logger } = node;

  // An answer can be a thousand times its question, so a client that asks and takes no answers
  // would fill our memory: its reads are done one by one, and while it takes them.
  function read(connection: SocketConnection, name: Executable, input: unknown): Promise<string> {
    const before = connection.reading ?? Promise.resolve();
    const answer = before.then(async () => {
      while (connection.waitingBytes > MAX_WAITING_BYTES && connection.socket.connected) {
        await connection.drained();
      }
      if (!connection.socket.connected) {
        throw new CommandError("unavailable", "The socket has ended");
      }
      return executeJson(name, connection.actor, input);
    });
    // Kept until the next is asked for, so without the answer, which may be large.
    const settled = () => {};
    connection.reading = answer.then(settled, settled);
    return answer;
  }

  function run(connection: SocketConnection, event: string, input: unknown): Promise<string> {
    if (connection.underWay > MAX_UNDER_WAY) {
      throw new CommandError("rate_limited", "Too many commands are under way on this socket", {
        retry_after_ms: 100,
      });
    }
    if (!isCommandName(event)) {
      throw new CommandError("invalid_input", `There is no command called ${event.slice(0, 100)}`);
    }
    const name: CommandName = event;
    if (name in own) {
      return own[name as keyof typeof own](connection, input).then((output) =>
        JSON.stringify(output),
      );
    }
    const executable = name as Executable;
    return isQuery(executable)
      ? read(connection, executable, input)
      : executeJson(executable, connection.actor, input);
  }

  return async (connection, event, args, acknowledge) => {
    connection.underWay += 1;
    try {
      if (acknowledge === null) {
        throw new CommandError("invalid_input", "A command needs an acknowledgement function");
      }
      if (args.length > 1) {
        throw new CommandError("invalid_input", "A command takes one input object");
      }
      acknowledge(`{"ok":true,"data":${await run(connection, event, args[0] ?? {})}}`);
    } catch (error) {
      const refusal = refuse(error, logger, { command: event });
      if (acknowledge) acknowledge(JSON.stringify({ ok: false, error: refusal }));
      else connection.send("error", { event: event.slice(0, 100), error: refusal.toJSON() });
    } finally {
      connection.underWay -= 1;
    }
  };
}
