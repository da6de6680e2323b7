import { Redis } from "ioredis";
import type { Logger } from "pino";
import { metrics } from "./metrics.ts";

/** The two connections a node keeps to Redis: one that speaks, one that listens. */
export interface RedisPair {
  readonly publisher: Redis;
  readonly subscriber: Redis;
  close(): void;
}

/**
 * Connects to Redis. It may be away, now or later: nothing waits for it and nothing fails with it.
 * @param url redis:// or rediss://
 */
export function connectRedis(url: string, logger: Logger): RedisPair {
  const retryStrategy = (attempt: number) => Math.min(attempt * 100, 1000);
  // Publishing must not pile up in memory while Redis is away: it fails at once instead.
  const publisher = new Redis(url, {
    retryStrategy,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    commandTimeout: 1000,
    // A Redis that hangs reads nothing, so what is written to its open connection would pile up too.
    socketTimeout: 2000,
  });
  // Subscribing must not be forgotten: it waits, and is done again after each reconnect.
  const subscriber = new Redis(url, {
    retryStrategy,
    maxRetriesPerRequest: null,
    autoResubscribe: true,
  });
  for (const client of [publisher, subscriber]) {
    client.on("error", (error: Error) => logger.debug({ err: error }, "redis"));
  }
  // Each attempt to connect ends in a "close" of its own; only the first is news.
  let there = true;
  publisher.on("ready", () => {
    there = true;
    logger.info("Redis is there");
  });
  publisher.on("close", () => {
    if (there) logger.warn("Redis is away; other nodes see entries by polling");
    there = false;
  });
  return {
    publisher,
    subscriber,
    close: () => {
      publisher.removeAllListeners("close");
      publisher.disconnect();
      subscriber.disconnect();
    },
  };
}

/**
 * The same connection for a library that does not wait for the outcome of its commands: one that
 * fails while Redis is away must not end the process as an unhandled rejection. What could not be
 * published is counted as lost.
 */
export function forgiving(client: Redis): Redis {
  return new Proxy(client, {
    get(target, property) {
      const value: unknown = Reflect.get(target, property, target);
      if (typeof value !== "function") return value;
      if (!/^(publish|p?(un)?subscribe)$/.test(String(property))) return value.bind(target);
      return (...args: unknown[]) =>
        (value.apply(target, args) as Promise<unknown>).catch(() => {
          if (property === "publish") metrics.signalsLost.inc();
          return 0;
        });
    },
  });
}
