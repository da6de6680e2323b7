import { randomUUID } from "node:crypto";
import { createAdapter, createShardedAdapter } from "@socket.io/redis-adapter";
import { Cluster, Redis } from "ioredis";
import type { Logger } from "pino";
import type { ServerOptions } from "socket.io";
import { metrics } from "./metrics.ts";
import type { Channels } from "./stream/hints.ts";
import { type Subscribing, Subscriptions } from "./subscriptions.ts";

/** What a node has of Redis. It may be away, now or later: nothing waits for it or fails with it. */
export interface RedisLink {
  readonly channels: Channels;
  /** Carries Socket.IO's signals between nodes. */
  readonly signals: ServerOptions["adapter"];
  isThere(): boolean;
  close(): void;
}

/** The same over one Redis and over a cluster: a client that speaks, and one that listens. */
interface Connected {
  readonly publisher: Redis | Cluster;
  readonly subscriber: Redis | Cluster;
  readonly subscriptions: Subscriptions;
  readonly channels: Channels;
  readonly signals: ServerOptions["adapter"];
  /** Asks the other end of what listens for anything, so that it has to answer. */
  ask(): Promise<unknown>;
}

const retryDelay = (attempt: number) => Math.min(attempt * 100, 1000);

/** Nothing piles up in memory while Redis is away: it fails at once instead. */
const failing = { enableOfflineQueue: false, maxRetriesPerRequest: 0 };
const speaking = {
  connectTimeout: 2000,
  commandTimeout: 1000,
  // A Redis that hangs reads nothing, so what is written to its open connection would pile up too.
  socketTimeout: 2000,
};

/**
 * What listens says nothing by itself, so it would not notice that nobody is at the other end any more:
 * it is asked so often, and connects again if there is no answer until it is asked the next time.
 */
const ASK_MS = 5_000;
const listening = { connectTimeout: 2000, socketTimeout: ASK_MS };
const nobodys = () => `taskmaster:nobody:${randomUUID()}`;

/**
 * Connects to Redis, or to a Redis Cluster.
 * @param urls redis:// or rediss://; several are nodes of one cluster, which know the others
 */
export function connectRedis(urls: readonly string[], logger: Logger): RedisLink {
  const { publisher, subscriber, subscriptions, channels, signals, ask } =
    urls.length === 1 ? connectOne(urls[0]!) : connectCluster(urls);
  let reason: string | undefined;
  for (const client of [publisher, subscriber]) {
    client.on("error", (error: Error) => {
      reason = error.message;
      logger.debug({ err: error }, "redis");
    });
  }
  const isThere = () => publisher.status === "ready" && subscriber.status === "ready";
  // Each attempt to connect ends in a "close" of its own; only the first is news.
  let there: boolean | null = null;
  const onReady = () => {
    if (there || !isThere()) return;
    logger.info("Redis is there");
    there = true;
  };
  const onClose = () => {
    if (there === false) return;
    logger.warn({ reason }, "Redis is away; other nodes see entries by polling");
    there = false;
  };
  for (const client of [publisher, subscriber]) client.on("ready", onReady).on("close", onClose);
  const asking = setInterval(() => {
    if (subscriber.status === "ready") ask().catch(() => {});
  }, ASK_MS);
  return {
    channels,
    signals,
    isThere,
    close: () => {
      clearInterval(asking);
      subscriptions.stop();
      for (const client of [publisher, subscriber]) client.off("close", onClose).disconnect();
    },
  };
}

function connectOne(url: string): Connected {
  const retryStrategy = retryDelay;
  const publisher = new Redis(url, { ...speaking, ...failing, retryStrategy });
  const subscriber = new Redis(url, {
    ...listening,
    ...failing,
    retryStrategy,
    // Subscriptions does, and asks again for what is refused then.
    autoResubscribe: false,
  });
  const subscriptions = new Subscriptions(subscriber);
  subscriber.on("ready", () => subscriptions.renew());
  return {
    publisher,
    subscriber,
    subscriptions,
    channels: {
      publish: (channel, text) => publisher.publish(channel, text),
      subscribe: (channel) => subscriptions.add("subscribe", channel),
      unsubscribe: (channel) => subscriptions.remove("subscribe", channel),
      onMessage: (listener) => subscriber.on("message", listener),
      onAgain: (listener) => subscriptions.onAgain(listener),
    },
    signals: createAdapter(forgiving(publisher), keeping(subscriber, subscriptions)),
    ask: () => subscriber.unsubscribe(nobodys()),
  };
}

/**
 * Uses sharded pub/sub (Redis 7): a message goes to the one shard that owns its channel, while a
 * plain PUBLISH goes over the cluster's bus to every node of it.
 */
function connectCluster(urls: readonly string[]): Connected {
  const { protocol, username, password } = new URL(urls[0]!);
  const shared = {
    clusterRetryStrategy: retryDelay,
    // A command that fails because its shard is away is not sent again, but fails too.
    retryDelayOnFailover: 0,
    retryDelayOnClusterDown: 0,
    // Notices shards that moved, and that came back.
    slotsRefreshInterval: 2000,
    // Certificates are made out to names, so a name must not be resolved before it is used.
    dnsLookup: (name: string, done: (error: null, name: string) => void) => done(null, name),
  };
  const access = {
    username: decodeURIComponent(username),
    password: decodeURIComponent(password),
    ...(protocol === "rediss:" && { tls: {} }),
  };
  const publisher = new Cluster([...urls], {
    ...shared,
    enableOfflineQueue: false,
    redisOptions: { ...access, ...speaking, maxRetriesPerRequest: 0 },
  });
  // By itself it connects to a shard at the first message for it, and refuses the next meanwhile.
  publisher.on("+node", (shard: Redis) => void shard.connect().catch(() => {}));
  const subscriber = new Cluster([...urls], {
    ...shared,
    enableOfflineQueue: false,
    shardedSubscribers: true,
    redisOptions: { ...access, ...listening },
  });
  const subscriptions = new Subscriptions(subscriber);
  for (const event of ["ready", "subscribersReady"]) {
    subscriber.on(event, () => subscriptions.resume());
  }
  return {
    publisher,
    subscriber,
    subscriptions,
    channels: {
      publish: (channel, text) => publisher.spublish(channel, text),
      subscribe: (channel) => subscriptions.add("ssubscribe", channel),
      unsubscribe: (channel) => subscriptions.remove("ssubscribe", channel),
      onMessage: (listener) => subscriber.on("smessage", listener),
      onAgain: (listener) => subscriptions.onAgain(listener),
    },
    signals: createShardedAdapter(forgiving(publisher), keeping(subscriber, subscriptions)),
    // Of another shard each time.
    ask: async () => subscriber.sunsubscribe(nobodys()),
  };
}

/**
 * The same client for a library that waits for what it publishes, or not at all for the outcome: what
 * fails must not end the process as an unhandled rejection, and what hangs must not hold up local
 * delivery. It is counted as lost.
 */
function forgiving<Client extends Redis | Cluster>(client: Client): Client {
  return replacing(client, /^s?publish$/, (property, ...args) => {
    const publish = Reflect.get(client, property) as (...args: unknown[]) => Promise<unknown>;
    publish.apply(client, args).catch(() => metrics.signalsLost.inc());
  });
}

/** The same client for a library that subscribes once, and not again when Redis was away or refused. */
function keeping<Client extends Redis | Cluster>(
  client: Client,
  subscriptions: Subscriptions,
): Client {
  return replacing(client, /^[ps]?(un)?subscribe$/, (property, channels) => {
    for (const channel of [channels].flat() as string[]) {
      const begins = !property.includes("un");
      const command = property.replace("un", "") as Subscribing;
      if (begins) void subscriptions.add(command, channel);
      else subscriptions.remove(command, channel);
    }
  });
}

/** @param act is called instead of those methods of the client whose names match */
function replacing<Client extends Redis | Cluster>(
  client: Client,
  names: RegExp,
  act: (property: string, ...args: unknown[]) => void,
): Client {
  return new Proxy(client, {
    get(target, property) {
      const value: unknown = Reflect.get(target, property, target);
      if (typeof value !== "function") return value;
      if (!names.test(String(property))) return value.bind(target);
      return async (...args: unknown[]) => act(String(property), ...args);
    },
  });
}
