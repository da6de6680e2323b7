import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** A way to PostgreSQL that may say nothing more without being closed, as one whose other end hangs. */
export interface SilentProxy {
  /** As DATABASE_URL. */
  readonly url: string;
  /** From now on nothing goes through the connections that there are; new ones are as before. */
  silence(): void;
  /** From now on nothing goes through any. */
  silenceAll(): void;
  stop(): Promise<void>;
}

/**
 * Starts one.
 * @param database_url of a PostgreSQL that listens on a Unix socket
 */
export async function startSilentProxy(database_url: string): Promise<SilentProxy> {
  const target = new URL(database_url.replace("@/", "@none/"));
  const path = `${target.searchParams.get("host")}/.s.PGSQL.${target.searchParams.get("port") ?? 5432}`;
  const links = new Set<readonly [Socket, Socket]>();
  let isSilent = false;
  const server = createServer((client) => {
    const upstream = connect(path);
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
  const { port } = server.address() as AddressInfo;
  return {
    url: `postgres://${target.username}@127.0.0.1:${port}${target.pathname}`,
    silence,
    silenceAll: () => {
      isSilent = true;
      silence();
    },
    stop: async () => {
      for (const link of links) for (const socket of link) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}
