import type { Entry } from "../../contract/entry.ts";
import { OverTime } from "./over_time.ts";
import { Steps } from "./steps.ts";

/** What the charts need of a session's entries and SessionState does not keep. */
export class Gathered {
  /** Number of the last entry in it, or 0. */
  seq = 0;
  readonly overTime = new OverTime();
  readonly steps = new Steps();
  /** By agent, how long each ended turn took, in milliseconds. */
  readonly durations = new Map<string, number[]>();
  readonly #openedAt = new Map<string, number>();

  /** @param entry the one after `seq` */
  add(entry: Entry): void {
    this.seq = entry.seq;
    this.overTime.add(entry);
    this.steps.add(entry);
    if (entry.kind !== "log_entry") return;
    const { event, turn_id, opened_at, closed_at } = entry.data as Record<string, string>;
    if (event === "turn.opened") this.#openedAt.set(turn_id!, Date.parse(opened_at!));
    if (event === "turn.closed") this.#close(turn_id!, entry.agent_id, Date.parse(closed_at!));
  }

  #close(turn_id: string, agent_id: string | null, closed: number): void {
    const opened = this.#openedAt.get(turn_id);
    if (opened === undefined || agent_id === null) return;
    this.#openedAt.delete(turn_id);
    const durations = this.durations.get(agent_id);
    if (durations) durations.push(closed - opened);
    else this.durations.set(agent_id, [closed - opened]);
  }
}
