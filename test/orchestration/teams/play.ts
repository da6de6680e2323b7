import type { JsonObject } from "../../../contract/json.ts";
import { type Event, eventOf } from "../../../server/orchestration/events.ts";
import type { Happening, Room } from "../../../server/orchestration/room.ts";
import { step } from "../../../server/orchestration/step.ts";
import type { Member, Plan } from "../../../server/orchestration/types.ts";

/** What an agent says: its words, or a message whole. */
export type Reply = string | { content: string; tool_call: JsonObject };

/** A team of these members, named after their ids; `observer:` before a name gives the role. */
export function planOf(type: Plan["type"], names: string[], changes: Partial<Plan> = {}): Plan {
  const members = names.map((given): Member => {
    const [name, role_in_team = "member"] = given.split(":").reverse() as [string, string?];
    return { agent_id: `id-${name}`, name, type: "assistant", role_in_team };
  });
  return { type, members, config: {}, termination: null, mechanism: null, ...changes };
}

/** A room whose agents answer by a script, `NAME#k` in their k-th turn where it is silent. */
export class Game {
  room: Room;
  /** Everything that was said and asked, in order, such as `A: hello` and `? B: do it`. */
  readonly log: string[] = [];
  /** What the stream says of it. */
  readonly events: Event[] = [];
  #ids = 0;
  readonly #turns: Record<string, number> = {};
  readonly #script: Record<string, Reply[]>;

  constructor(plan: Plan, script: Record<string, Reply[]> = {}) {
    this.room = { session_id: "room", plan, run: null, turns: [], decisions: [] };
    this.#script = script;
  }

  /** Names of those who have the turn. */
  get open(): string[] {
    return this.room.turns.map(({ agent_id }) => agent_id.slice("id-".length));
  }

  /** The newest run's code and reason, once it has stopped. */
  get stop(): string | undefined {
    const stop = this.room.run?.stop;
    return stop ? `${stop.code}: ${stop.reason}` : undefined;
  }

  /** Lets this happen. The room goes through JSON, as between two nodes. */
  happen(happening: Happening): this {
    const setting = { now: "2026-01-01T00:00:00.000Z", newId: () => `id${++this.#ids}` };
    const { room, effects } = step(this.room, happening, setting);
    for (const effect of effects) {
      this.events.push(eventOf(effect, room));
      if (effect.kind !== "turn.opened" || effect.turn.task === null) continue;
      this.log.push(`? ${effect.turn.agent_id.slice("id-".length)}: ${effect.turn.task}`);
    }
    this.room = JSON.parse(JSON.stringify(room));
    return this;
  }

  /** A person says this. */
  prompt(content: string): this {
    const said = { source: "user", agent_id: null, content, tool_call: null };
    return this.happen({ kind: "prompt", id: `id${++this.#ids}`, said });
  }

  /** A member who has the turn says its next reply, or this. */
  say(name: string, given?: Reply): this {
    this.#turns[name] = (this.#turns[name] ?? 0) + 1;
    const reply = given ?? this.#script[name]?.shift() ?? `${name}#${this.#turns[name]}`;
    const { content, tool_call } =
      typeof reply === "string" ? { content: reply, tool_call: null } : reply;
    this.log.push(`${name}: ${content}`);
    const agent_id = `id-${name}`;
    const said = { source: name, agent_id, content, tool_call };
    return this.happen({ kind: "message", id: `id${++this.#ids}`, agent_id, said });
  }

  /** Whoever has had the turn longest answers, until nobody has it or that many have answered. */
  play(most = 50): this {
    for (let count = 0; count < most && this.open[0] !== undefined; count += 1) {
      this.say(this.open[0]);
    }
    return this;
  }
}

/** A message that asks others to do something. */
export function delegate(args: JsonObject | JsonObject[], parallel = false): Reply {
  return { content: "please", tool_call: { name: "delegate", arguments: args, parallel } };
}

/** A message that gives the turn away. */
export function handoff(agent: string): Reply {
  return { content: `over to ${agent}`, tool_call: { name: "handoff", arguments: { agent } } };
}
