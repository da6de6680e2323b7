import type { SingleCondition } from "../../contract/termination.ts";
import type { FieldsOf } from "./field.ts";

type Type = SingleCondition["type"];
type Shown = {
  readonly [Name in Type]: {
    readonly label: string;
    readonly help: string;
    readonly fields: FieldsOf<Omit<Extract<SingleCondition, { type: Name }>, "type">>;
  };
};

/** Every condition at which a run stops, as the form shows it. */
export const conditions: Shown = {
  text_mention: {
    label: "Someone says a text",
    help: "Stops when a message contains the text, such as DONE.",
    fields: {
      text: { kind: "text", label: "Text" },
      sources: { kind: "members", label: "Said by", help: "Anybody, if empty." },
    },
  },
  max_turns: {
    label: "A number of turns",
    help: "Stops when so many turns have ended.",
    fields: { max_turns: { kind: "whole", label: "Turns" } },
  },
  max_messages: {
    label: "A number of messages",
    help: "Stops when so many messages were said, the prompt among them.",
    fields: {
      max_messages: { kind: "whole", label: "Messages" },
      include_events: { kind: "switch", label: "Count tool calls and their results too" },
    },
  },
  timeout: {
    label: "Time is up",
    help: "Stops when the run has lasted so long.",
    fields: { timeout_ms: { kind: "duration", label: "Time" } },
  },
  cost: {
    label: "Money is spent",
    help: "Stops when the costs that bots log reach an amount.",
    fields: {
      max_cost: { kind: "text", label: "Amount", help: "Such as 2.50" },
      currency: { kind: "text", label: "Currency", help: "Three letters; USD if empty." },
    },
  },
  token_usage: {
    label: "Tokens are used up",
    help: "Stops when the tokens that bots log reach a limit. Fill in at least one.",
    fields: {
      max_total: { kind: "whole", label: "In all" },
      max_prompt: { kind: "whole", label: "Read" },
      max_completion: { kind: "whole", label: "Written" },
    },
  },
  handoff: {
    label: "Handed over to someone",
    help: "Stops when the turn is handed to a name, such as a person outside the team.",
    fields: { target: { kind: "text", label: "To whom" } },
  },
  source_match: {
    label: "Someone has spoken",
    help: "Stops after a message of one of these.",
    fields: { sources: { kind: "members", label: "Who" } },
  },
  text_message: {
    label: "A plain message",
    help: "Stops at a message without a tool call.",
    fields: { source: { kind: "member", label: "Said by", help: "Anybody, unless chosen." } },
  },
  stop_message: {
    label: "An agent says stop",
    help: "Stops at the tool call named stop.",
    fields: {},
  },
  function_call: {
    label: "A tool is called",
    help: "Stops when a tool call has this name.",
    fields: { function_name: { kind: "text", label: "Name of the tool call" } },
  },
  external: {
    label: "Someone stops it from outside",
    help: "Stops when a person stops the run.",
    fields: {},
  },
  expression: {
    label: "A rule of your own",
    help: "Stops when a JSON Logic rule holds.",
    fields: { expression: { kind: "rule", label: "Rule" } },
  },
};

/** What a condition of a type starts as: with nothing filled in. */
export function newCondition(type: Type = "text_mention"): SingleCondition {
  return { type } as SingleCondition;
}
