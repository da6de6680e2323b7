import type { Entry } from "../../contract/entry.ts";
import type { LogEntry } from "../../contract/log_entry.ts";
import type { Message } from "../../contract/message.ts";

/** What somebody does in a conversation, as the diagram draws it. */
export type StepKind =
  | "prompt"
  | "message"
  | "comment"
  | "delegate"
  | "handoff"
  | "tool_call"
  | "tool_result"
  | "ballot"
  | "passed"
  | "note";

/** Somebody's doing that others see, and who got the turn because of it. */
export interface Step {
  readonly seq: number;
  readonly kind: StepKind;
  /** Whose turn to speak it opened, in this order. */
  readonly opened: readonly string[];
}

/** Where a run is among the entries and steps of its session. */
export interface RunPlace {
  readonly run_id: string;
  /** Null if the prompt is not in the stream. */
  readonly prompt_seq: number | null;
  readonly first_step: number;
  /** The step after its last one; null while it goes on. */
  readonly end_step: number | null;
  /** Messages and ended turns so far. */
  readonly messages: number;
  readonly turns: number;
}

type Writable<Shape> = { -readonly [Key in keyof Shape]: Shape[Key] };

/** Finds the steps of a session, entry by entry. */
export class Steps {
  readonly all: Step[] = [];
  readonly runs: RunPlace[] = [];
  /** The step that what follows now is due to. */
  #cause: { opened: string[] } | null = null;
  /** Of the newest prompt. */
  #prompt = { id: "", seq: 0, step: 0 };
  #run: Writable<RunPlace> | null = null;

  /** @param entry the one after the last one given */
  add(entry: Entry): void {
    switch (entry.kind) {
      case "message":
        if (this.#run) this.#run.messages += 1;
        this.#cause = this.#step(entry.seq, kindOf(entry));
        return;
      case "prompt":
        this.#prompt = { id: entry.id, seq: entry.seq, step: this.all.length };
        this.#cause = this.#step(entry.seq, "prompt");
        return;
      case "comment":
        this.#step(entry.seq, "comment");
        return;
      case "log_entry":
        this.#happened(entry);
    }
  }

  #happened({ seq, data, agent_id }: LogEntry): void {
    switch (data.event) {
      case "turn.opened":
        if (data.purpose === "speak" && agent_id !== null) this.#cause?.opened.push(agent_id);
        return;
      case "turn.closed":
        if (this.#run && this.#run.run_id === data.run_id) this.#run.turns += 1;
        if (data.purpose === "speak" && (data.status === "passed" || data.status === "timed_out")) {
          this.#cause = this.#step(seq, "passed");
        }
        return;
      case "ballot.cast":
        this.#step(seq, "ballot");
        return;
      case "run.started":
        this.#begin(data.run_id as string, data.prompt_id as string);
        return;
      case "run.stopped":
        this.#step(seq, "note");
        if (this.#run) this.#run.end_step = this.all.length;
        this.#run = null;
        this.#cause = null;
        return;
      case "run.paused":
      case "run.resumed":
      case "decision.opened":
      case "decision.closed":
      case "round.undecided":
        this.#step(seq, "note");
    }
  }

  #begin(run_id: string, prompt_id: string): void {
    const known = this.#prompt.id === prompt_id;
    this.#run = {
      run_id,
      prompt_seq: known ? this.#prompt.seq : null,
      first_step: known ? this.#prompt.step : this.all.length,
      end_step: null,
      messages: 0,
      turns: 0,
    };
    this.runs.push(this.#run);
  }

  #step(seq: number, kind: StepKind): { opened: string[] } {
    const step = { seq, kind, opened: [] };
    this.all.push(step);
    return step;
  }
}

function kindOf({ tool_call }: Message): StepKind {
  if (tool_call === null) return "message";
  if (tool_call.name === "delegate" || tool_call.name === "handoff") return tool_call.name;
  return "result" in tool_call ? "tool_result" : "tool_call";
}
