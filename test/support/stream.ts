import pino from "pino";
import type { Sequelize } from "sequelize";
import type { Entry } from "../../contract/entry.ts";
import { AppendConnection } from "../../server/database/append_connection.ts";
import type { Transact } from "../../server/database/sql.ts";
import { createExecutor, type Execute } from "../../server/execute.ts";
import { noHints } from "../../server/stream/hints.ts";
import { History } from "../../server/stream/history.ts";
import { Stream } from "../../server/stream/stream.ts";
import type { Written } from "../../server/stream/write.ts";

/**
 * A node's streams in this process, which no poll and no hint helps: what is delivered was announced.
 * @param options.onStatement told about each statement by which something is appended, but for BEGIN and COMMIT
 */
export function createStream(
  url: string,
  {
    queueBytes = 67_108_864,
    history = new History(1_000_000),
    onStatement = (_text: string): void => {},
  } = {},
): { stream: Stream; stop(): Promise<void> } {
  const lanes = [new AppendConnection(url), new AppendConnection(url)];
  const stream = new Stream({
    lanes: lanes.map(
      ({ transact }): Transact =>
        (work) =>
          transact((sql) =>
            work((text, values) => {
              onStatement(text);
              return sql(text, values);
            }),
          ),
    ),
    queueBytes,
    pollMs: 1_000_000,
    hints: () => noHints,
    feed: {
      bufferBytes: 1_000_000,
      history,
      onError: (error) => {
        throw error;
      },
    },
  });
  const stop = async () => {
    await stream.stop();
    for (const lane of lanes) await lane.close();
  };
  return { stream, stop };
}

/** What executes commands on such streams, as a node does. */
export function executeOn(sequelize: Sequelize, stream: Stream, maxBytes = 100_000): Execute {
  const logger = pino({ level: "silent" });
  return createExecutor({ sequelize, stream, logger, maxBytes, onRevoked: async () => {} }).execute;
}

/** Entries as a commit hands them on. */
export function written(entries: readonly Entry[]): Written[] {
  return entries.map((entry) => ({ entry, text: JSON.stringify(entry), duplicate: false }));
}
