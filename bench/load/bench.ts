import { Pool as Database } from "pg";
import type { CpuShares } from "../report/result.ts";
import { Client } from "./client.ts";
import type { Dialect, Person, Session } from "./dialects/dialect.ts";
import { dialects, type PeerName } from "./dialects/index.ts";
import { EventSource } from "./event_source.ts";
import { processorTime } from "./processor_time.ts";

/** A server under test, as the load generator is told of it. */
export interface Target {
  readonly peer: PeerName;
  /** Of each node. */
  readonly urls: readonly string[];
  readonly database_url: string;
  /** Process ids of the nodes. */
  readonly servers: readonly number[];
  /** Process id of PostgreSQL's first process. */
  readonly postgres: number;
}

/** How many people there are on each server; connections beyond that share them. */
export const PEOPLE = 32;

/** What a workload works with: one server under test, its people, and a stopwatch. */
export class Bench {
  readonly target: Target;
  readonly dialect: Dialect;
  readonly database: Database;
  readonly people: readonly Person[];
  #texts = 0;
  #connections: { close(): void }[] = [];
  #cpu: CpuShares | null = null;
  readonly #made = new Map<string, Promise<unknown>>();

  private constructor(target: Target, database: Database, people: readonly Person[]) {
    this.target = target;
    this.dialect = dialects[target.peer];
    this.database = database;
    this.people = people;
  }

  /** Makes the people of a server that was just started. */
  static async open(target: Target): Promise<Bench> {
    const database = new Database({ connectionString: target.database_url });
    // Its server may be stopped and its database dropped before this process ends.
    database.on("error", () => {});
    const people = await dialects[target.peer].enroll(target.urls[0]!, database, PEOPLE);
    return new Bench(target, database, people);
  }

  /** The number of a text that was not sent before; see text.ts. */
  nextText(): number {
    this.#texts += 1;
    return this.#texts;
  }

  /** Connects as one of the people, to one of the nodes. */
  async connect(person = 0, node = 0): Promise<Client> {
    const url = this.target.urls[node % this.target.urls.length]!;
    const client = await Client.connect(this.dialect, url, this.people[person % PEOPLE]!);
    this.#connections.push(client);
    return client;
  }

  /**
   * Follows a session over HTTP as one of the people, from the session's head on.
   * @param onEvents called with the events of one chunk; the bytes are good until it returns
   */
  async openEvents(
    session: Session,
    onEvents: (payload: Buffer) => void,
    person = 0,
  ): Promise<void> {
    const { token } = this.people[person % PEOPLE]!;
    const [url] = this.target.urls;
    this.#connections.push(await EventSource.open(url!, token, session, onEvents));
  }

  /** Connects many, some at a time; persons and nodes in turn. */
  async connectAll(count: number): Promise<Client[]> {
    const clients: Client[] = [];
    while (clients.length < count) {
      const some = Math.min(50, count - clients.length);
      const more = Array.from({ length: some }, (_, index) =>
        this.connect(clients.length + index, clients.length + index),
      );
      clients.push(...(await Promise.all(more)));
    }
    return clients;
  }

  /** Makes a session; the first of the members owns it, and is whose connection this is. */
  createSession(owner: Client, members: readonly Person[]): Promise<Session> {
    return this.dialect.createSession(owner, this.database, members);
  }

  /** Makes something once for all rounds on this server, such as a session that takes long to fill. */
  once<T>(name: string, make: () => Promise<T>): Promise<T> {
    const made = (this.#made.get(name) as Promise<T> | undefined) ?? make();
    this.#made.set(name, made);
    return made;
  }

  /**
   * Lets a section run, and notes who used how much of the processors meanwhile.
   * @returns how many seconds it took
   */
  async measure(section: () => Promise<void>): Promise<number> {
    const { servers, postgres } = this.target;
    const before = processorTime(servers, postgres);
    const started = performance.now();
    await section();
    const seconds = (performance.now() - started) / 1000;
    const after = processorTime(servers, postgres);
    this.#cpu = {
      server: (after.server - before.server) / seconds,
      load: (after.generator - before.generator) / seconds,
      postgres: (after.postgres - before.postgres) / seconds,
    };
    return seconds;
  }

  /** Ends a measurement and its connections. @returns the shares of its last measured section */
  finish(): CpuShares | null {
    for (const connection of this.#connections.splice(0)) connection.close();
    const cpu = this.#cpu;
    this.#cpu = null;
    this.#texts = 0;
    return cpu;
  }
}
