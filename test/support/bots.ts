import { Client } from "../../client/client.ts";
import { Bot } from "../../client/index.ts";
import type { Entry } from "../../contract/entry.ts";
import { CommandError } from "../../contract/errors.ts";
import { connect, type TestClient } from "./client.ts";
import { createDatabase, type TestDatabase } from "./database.ts";
import { OWNER_TOKEN, startNode, type TestNode } from "./node.ts";
import { eventsIn, type TestTeam } from "./team.ts";

/** As many bytes as an entry may have on the node of useBots. */
export const MOST_ENTRY_BYTES = 20_000;

/** How a session's only run is to stop after so many turns. */
export const turnsOf = (max_turns: number) =>
  ({
    termination_condition_type: "max_turns",
    termination_condition_config: { max_turns },
  }) as const;

/** A node with its owner, and the SDK's bots on it, which end with the test that made them. */
export class Bots {
  database!: TestDatabase;
  node!: TestNode;
  owner!: TestClient;
  /** What the bots of this test told of. */
  errors: Error[] = [];
  /** Sees everything. */
  watcher!: Client;
  readonly #bots: Bot[] = [];

  async start(): Promise<void> {
    this.database = await createDatabase();
    const settings = { MAX_ENTRY_BYTES: String(MOST_ENTRY_BYTES) };
    this.node = await startNode({ DATABASE_URL: this.database.url, ...settings });
    this.owner = await connect(this.node.url);
    this.watcher = new Client({ url: this.node.url, token: OWNER_TOKEN });
  }

  /** Ends the bots. */
  clear(): void {
    for (const bot of this.#bots.splice(0)) bot.client.close();
    this.errors = [];
  }

  async stop(): Promise<void> {
    this.watcher.close();
    this.owner.close();
    await this.node.stop();
    await this.database.drop();
  }

  /** A bot with this token, whose errors are noted; to be started. */
  of(token: string): Bot {
    return this.add(new Bot({ url: this.node.url, token })).onError((error) => {
      this.errors.push(error);
    });
  }

  /** The bot of a team's member. */
  memberOf(team: TestTeam, name: string): Bot {
    return this.of(team.agents.get(name)!.token);
  }

  /** Ends this bot too with the test. */
  add(bot: Bot): Bot {
    this.#bots.push(bot);
    return bot;
  }

  prompt(session_id: string, content = "Go") {
    return this.owner.call("prompt.post", { session_id, content });
  }

  /** Reads a session from its first entry until one is there that is looked for. */
  async until(session_id: string, isLast: (entry: Entry) => boolean): Promise<Entry[]> {
    const entries: Entry[] = [];
    for await (const entry of this.watcher.session(session_id).entries({ after: 0 })) {
      entries.push(entry);
      if (isLast(entry)) break;
    }
    return entries;
  }

  untilStopped(session_id: string): Promise<Entry[]> {
    return this.until(session_id, isEvent("run.stopped"));
  }
}

/** The bots of the tests of one `describe`, started before them and stopped after. */
export function useBots(): Bots {
  const bots = new Bots();
  before(() => bots.start());
  afterEach(() => bots.clear());
  after(() => bots.stop());
  return bots;
}

export const isEvent = (event: string) => (entry: Entry) =>
  entry.kind === "log_entry" && entry.data.event === event;

/** What was said, in order. */
export const said = (entries: readonly Entry[]) =>
  entries.flatMap((entry) => (entry.kind === "message" ? [entry.content] : []));

/** How turns ended, in order. */
export const outcomes = (entries: readonly Entry[]) =>
  eventsIn(entries, "turn.closed").map(({ data }) => data.status);

/** A promise, and how to resolve it. */
export function deferred<Value>(): { promise: Promise<Value>; resolve: (value: Value) => void } {
  let resolve!: (value: Value) => void;
  const promise = new Promise<Value>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}

/** Does something as ever, but the first time its answer is lost. */
export function loseAnswer<Input, Output>(act: (input: Input) => Promise<Output>) {
  let isLost = false;
  return async (input: Input): Promise<Output> => {
    const output = await act(input);
    if (isLost) return output;
    isLost = true;
    throw new CommandError("unavailable", "The connection was lost");
  };
}
