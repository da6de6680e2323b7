import { CommandError } from "../../contract/errors.ts";
import type { JsonObject } from "../../contract/json.ts";
import { planOf, type TeamRow } from "./plan.ts";
import type { Happening, Room } from "./room.ts";
import { step } from "./step.ts";
import { endsTurn } from "./tool_call.ts";
import type { Met, Said } from "./types.ts";

/** What an agent of a script says: a text, or more. */
export type Reply =
  | string
  | {
      readonly content?: string | undefined;
      readonly tool_call?: JsonObject | undefined;
      /** Whom it hands the turn to: a tool call named `handoff`. */
      readonly handoff?: string | undefined;
      readonly usage?: { readonly input: number; readonly output: number } | undefined;
      /** Milliseconds that it takes. */
      readonly delay_ms?: number | undefined;
    };

/** Agent name → what it says, in order. */
export type Script = Readonly<Record<string, readonly Reply[]>>;

/** What a run came to. */
export interface SimulatedRun {
  readonly messages: readonly {
    readonly source: string;
    readonly content: string;
    readonly tool_call?: JsonObject;
  }[];
  readonly stop: {
    readonly code: string;
    readonly reason: string;
    readonly conditions: readonly Met[];
  };
}

/** More turns are taken for a team that does not stop. */
const MAX_TURNS = 10_000;

/**
 * Lets a team play a script, through the functions the server decides with, but without a server. Who
 * has nothing left to say says NAME#k in its k-th turn; who is to vote votes for its own last answer.
 * @param team as its tables have it
 * @param tasks the prompts of one run after the other
 * @returns what was said in each run, its task first, and why it stopped
 * @throws CommandError when the team cannot be run, or something in the script may not be said
 */
export function simulate(team: TeamRow, tasks: readonly string[], script: Script): SimulatedRun[] {
  const plan = planOf(team);
  if (plan instanceof CommandError) throw plan;
  if (!plan)
    throw new CommandError("conflict", "Nobody gives turns in a custom team without strategy");
  const stage = new Stage(
    { session_id: "simulated", plan, run: null, turns: [], decisions: [] },
    script,
  );
  return tasks.map((task) => stage.run(task));
}

class Stage {
  #room: Room;
  readonly #script: Map<string, Reply[]>;
  readonly #turns = new Map<string, number>();
  readonly #answers = new Map<string, string>();
  #messages: SimulatedRun["messages"][number][] = [];
  #time = 0;
  #ids = 0;

  constructor(room: Room, script: Script) {
    this.#room = room;
    this.#script = new Map(Object.entries(script).map(([name, replies]) => [name, [...replies]]));
  }

  run(task: string): SimulatedRun {
    this.#messages = [{ source: "user", content: task }];
    const said = { source: "user", agent_id: null, content: task, tool_call: null };
    this.#step({ kind: "prompt", id: this.#newId(), said });
    for (let turns = 0; turns < MAX_TURNS; turns += 1) {
      const { run, turns: open } = this.#room;
      if (run?.stop) {
        const { code, reason, conditions } = run.stop;
        return { messages: this.#messages, stop: { code, reason, conditions } };
      }
      const [turn] = open;
      if (!turn) return this.#unfinished("waiting", "The run waits for a person");
      if (turn.decision_id === null) this.#speak(turn.id, turn.agent_id);
      else this.#vote(turn.decision_id, turn.agent_id);
    }
    return this.#unfinished("endless", `The run has not stopped after ${MAX_TURNS} turns`);
  }

  #unfinished(code: string, reason: string): SimulatedRun {
    return { messages: this.#messages, stop: { code, reason, conditions: [] } };
  }

  /** One turn: tool calls, and what ends it. */
  #speak(turn_id: string, agent_id: string): void {
    const source = this.#room.plan.members.find((member) => member.agent_id === agent_id)!.name;
    const nth = (this.#turns.get(source) ?? 0) + 1;
    this.#turns.set(source, nth);
    while (this.#room.turns.some(({ id }) => id === turn_id)) {
      const reply = this.#script.get(source)?.shift() ?? `${source}#${nth}`;
      const {
        content = "",
        tool_call,
        handoff,
        usage,
        delay_ms = 0,
      } = typeof reply === "string" ? { content: reply } : reply;
      this.#time += delay_ms;
      this.#step({ kind: "tick" });
      if (!this.#room.turns.some(({ id }) => id === turn_id)) return;
      if (usage) {
        const { input: prompt, output: completion } = usage;
        this.#step({ kind: "used", happened: { kind: "usage", prompt, completion } });
      }
      const call =
        handoff === undefined ? tool_call : { name: "handoff", arguments: { agent: handoff } };
      const said: Said = { source, agent_id, content, tool_call: call ?? null };
      this.#messages.push({ source, content, ...(call && { tool_call: call }) });
      if (endsTurn(said)) this.#answers.set(agent_id, content);
      this.#step({ kind: "message", id: this.#newId(), agent_id, said });
    }
  }

  #vote(decision_id: string, agent_id: string): void {
    const { options } = this.#room.decisions.find(({ id }) => id === decision_id)!;
    const answer = this.#answers.get(agent_id);
    const choice = options.find((option) => option === answer) ?? "abstain";
    this.#step({ kind: "ballot", decision_id, agent_id, choice });
  }

  #step(happening: Happening): void {
    const now = new Date(this.#time).toISOString();
    this.#room = step(this.#room, happening, { now, newId: () => this.#newId() }).room;
  }

  #newId(): string {
    this.#ids += 1;
    return `id-${this.#ids}`;
  }
}
