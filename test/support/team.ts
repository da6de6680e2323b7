import { setTimeout as pause } from "node:timers/promises";
import type { Input } from "../../contract/commands.ts";
import type { Entry } from "../../contract/entry.ts";
import { CommandError } from "../../contract/errors.ts";
import type { LogEntry } from "../../contract/log_entry.ts";
import { connect, Follower, type TestClient } from "./client.ts";
import { newBot } from "./people.ts";

/** A team in a session, whose members are bots of the owner. */
export interface TestTeam {
  readonly team_id: string;
  readonly session_id: string;
  /** By name. */
  readonly agents: ReadonlyMap<string, { agent_id: string; token: string }>;
}

/** Makes a team of bots with these names, in this order, and a session for it. */
export async function makeTeam(
  owner: TestClient,
  names: readonly string[],
  team: Partial<Input<"team.create">> = {},
): Promise<TestTeam> {
  const { id: team_id } = await owner.call("team.create", {
    name: "Crew",
    type: "round_robin",
    ...team,
  });
  const agents = new Map<string, { agent_id: string; token: string }>();
  for (const name of names) {
    const bot = await newBot(owner, name);
    const role_in_team = name === "Lead" ? "leader" : "member";
    await owner.call("team.add_agent", { team_id, agent_id: bot.agent_id, role_in_team });
    agents.set(name, bot);
  }
  const { id: session_id } = await owner.call("session.create", { title: "Room", team_id });
  return { team_id, session_id, agents };
}

/** The log entries of an event, in order. */
export function eventsIn(entries: readonly Entry[], event: string): LogEntry[] {
  return entries.filter(
    (entry): entry is LogEntry => entry.kind === "log_entry" && entry.data.event === event,
  );
}

/** Resolves when so many entries of an event have come. */
export async function untilEvent(follower: Follower, event: string, count: number): Promise<void> {
  while (eventsIn(follower.entries, event).length < count)
    await follower.reached(follower.last + 1);
}

/** A turn, as its turn.opened entry tells of it. */
export interface OpenedTurn {
  readonly turn_id: string;
  readonly agent_id: string;
  readonly purpose: "speak" | "ballot";
  readonly decision_id: string | null;
  readonly round: number;
  readonly task: string | null;
}

type Answer = (turn: OpenedTurn, client: TestClient) => Promise<unknown>;

/**
 * A bot as its author would write it: follows its session, answers the turns that are opened for it,
 * once each, and when its node is gone goes on at the next one with the turns it finds open.
 */
export class TestBot {
  readonly name: string;
  readonly agent_id: string;
  follower!: Follower;
  /** Turns it has answered. */
  answered = 0;
  readonly #session_id: string;
  readonly #token: string;
  readonly #urls: readonly string[];
  readonly #answer: Answer;
  readonly #known = new Set<string>();
  #node: number;
  #closed = false;

  private constructor(
    { session_id, agents }: TestTeam,
    name: string,
    urls: readonly string[],
    node: number,
    answer: Answer,
  ) {
    const { agent_id, token } = agents.get(name)!;
    this.name = name;
    this.agent_id = agent_id;
    this.#session_id = session_id;
    this.#token = token;
    this.#urls = urls;
    this.#node = node;
    this.#answer = answer;
  }

  /**
   * Connects to one of the nodes, and begins to answer.
   * @param urls of all nodes; may change when one starts again
   * @param answer does what the turn asks for; tried again with the same turn until it is done
   */
  static async start(
    team: TestTeam,
    name: string,
    urls: readonly string[],
    node: number,
    answer: Answer,
  ): Promise<TestBot> {
    const bot = new TestBot(team, name, urls, node, answer);
    await bot.#connect();
    return bot;
  }

  /** Ends it. */
  close(): void {
    this.#closed = true;
    this.follower.client.close();
  }

  async #connect(): Promise<void> {
    const client = await this.#insist(() =>
      connect(this.#urls[this.#node % this.#urls.length]!, this.#token),
    );
    client.socket.once("disconnect", () => {
      if (this.#closed) return;
      this.#node += 1;
      void this.#connect();
    });
    client.socket.on("entries", ({ entries }: { entries: Entry[] }) => {
      for (const { data } of eventsIn(entries, "turn.opened")) {
        if (data.agent_id === this.agent_id) this.#take(data as unknown as OpenedTurn);
      }
    });
    if (this.follower) await this.#insist(() => this.follower.moveTo(client));
    else this.follower = await Follower.join(client, this.#session_id, 0);
    const { data } = await this.#insist(() =>
      this.follower.client.call("turn.list", {
        session_id: this.#session_id,
        agent_id: this.agent_id,
        status: "open",
      }),
    );
    for (const { id: turn_id, ...turn } of data) this.#take({ turn_id, ...turn });
  }

  #take(turn: OpenedTurn): void {
    if (this.#known.has(turn.turn_id)) return;
    this.#known.add(turn.turn_id);
    this.#insist(() => this.#answer(turn, this.follower.client)).then(
      () => {
        this.answered += 1;
      },
      (error) => {
        // It was too late, or its first attempt had arrived after all.
        const over = ["not_your_turn", "conflict"].includes((error as CommandError).code);
        if (!over) throw error;
      },
    );
  }

  /** Tries again while nodes come and go. */
  async #insist<Result>(attempt: () => Promise<Result>): Promise<Result> {
    for (;;) {
      try {
        return await attempt();
      } catch (error) {
        if (this.#closed) return new Promise(() => {});
        if (error instanceof CommandError && error.code !== "unavailable") throw error;
        this.#node += 1;
        await pause(100);
      }
    }
  }
}

/** Answers by a message whose id is made from the turn's, so that trying again stores it once. */
export function sayOnce(
  session_id: string,
  content: (turn: OpenedTurn) => string,
): (turn: OpenedTurn, client: TestClient) => Promise<unknown> {
  return (turn, client) =>
    client.call("message.post", {
      session_id,
      // A turn's id is a message's nowhere else.
      id: turn.turn_id,
      content: content(turn),
    });
}
