import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** A way to PostgreSQL or Redis that may say nothing more without being closed, as one whose other end hangs. */
export interface SilentProxy {
  /** As DATABASE_URL or REDIS_URL. */
  readonly url: string;
  /** From now on nothing goes through the connections that there are; new ones are as before. */
  silence(): void;
  /** From now on nothing goes through any. */
  silenceAll(): void;
  /** Closes those that there are, and new ones at once, until it is mended. */
  cut(): void;
  mend(): void;
  stop(): Promise<void>;
}

/**
 * Starts one.
 * @param url of a PostgreSQL that listens on a Unix socket, or of a Redis
 */
export async function startSilentProxy(url: string): Promise<SilentProxy> {
  const target = new URL(url);
  const folder = target.searchParams.get("host");
  const path = `${folder}/.s.PGSQL.${target.searchParams.get("port") ?? 5432}`;
  const reach = () =>
    folder === null ? connect(Number(target.port), target.hostname) : connect(path);
  const links = new Set<readonly [Socket, Socket]>();
  let isSilent = false;
  let isCut = false;
  const server = createServer((client) => {
    if (isCut) {
      client.destroy();
      return;
    }
    const upstream = reach();
    const link = [client, upstream] as const;
    for (const socket of link) socket.on("error", () => {}).on("close", () => links.delete(link));
    client.on("close", () => upstream.destroy());
    upstream.on("close", () => client.destroy());
    links.add(link);
    if (isSilent) return;
    client.pipe(upstream);
    upstream.pipe(client);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const silence = () => {
    for (const [client, upstream] of links) {
      client.unpipe(upstream);
      upstream.unpipe(client);
    }
  };
  const close = () => {
    for (const link of links) for (const socket of link) socket.destroy();
  };
  const { port } = server.address() as AddressInfo;
  return {
    url: `${target.protocol}//${target.username}@127.0.0.1:${port}${target.pathname}`,
    silence,
    silenceAll: () => {
      isSilent = true;
      silence();
    },
    cut: () => {
      isCut = true;
      close();
    },
    mend: () => {
      isCut = false;
    },
    stop: async () => {
      close();
      server.close();
      await once(server, "close");
    },
  };
}
