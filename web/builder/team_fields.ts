import type { JsonObject } from "../../contract/json.ts";
import type { Team } from "../../contract/team.ts";
import type { TeamConfig } from "../../contract/team_config.ts";
import type { Field, Fields, Options, Values } from "./field.ts";

type Key = keyof (typeof TeamConfig)["shape"];

/** What each type of team means. */
export const teamTypes: Readonly<Record<Team["type"], { label: string; help: string }>> = {
  round_robin: { label: "Round robin", help: "Members speak one after the other, in their order." },
  hierarchical: {
    label: "Hierarchy",
    help: "A leader speaks first and delegates; the others report back.",
  },
  broadcast: { label: "Broadcast", help: "All answer at once, then a decision may follow." },
  custom: { label: "Custom", help: "Who speaks follows a strategy that you choose." },
};

/** What each strategy of a custom team means. */
export const strategies: Options = {
  selector: "Selector: a rule names who speaks next",
  swarm: "Swarm: the speaker hands the turn on",
  graph: "Graph: arrows lead from one member to the next",
  manual: "Manual: a person or a coordinator gives the turns",
};

const fields = {
  leader: {
    kind: "member",
    label: "Leader",
    help: "Speaks first; if nobody is chosen, the member whose role is leader.",
  },
  reports_to: {
    kind: "per_member",
    label: "Who reports to whom",
    help: "Makes levels. If nobody is chosen anywhere, all report to the leader.",
    each: { kind: "member", label: "Reports to" },
  },
  rounds: { kind: "whole", label: "Rounds", help: "How often all are asked; 1 if empty." },
  strategy: {
    kind: "choice",
    label: "Strategy",
    unset: "None: everybody speaks when they like",
    options: strategies,
  },
  candidates: { kind: "members", label: "Candidates", help: "Who may be chosen; all if empty." },
  expression: {
    kind: "rule",
    label: "Rule that names the next speaker",
    help: 'JSON Logic over { last, task, turns, candidates }. Such as { "if": [{ "in": ["?", { "var": "last.content" }] }, "Mira", "Otto"] }',
  },
  allow_repeated_speaker: { kind: "switch", label: "The same member may speak twice in a row" },
  edges: {
    kind: "rows",
    label: "Arrows",
    help: "After one member speaks, the turn goes along its arrows.",
    one: "arrow",
    fields: {
      from: { kind: "member", label: "From" },
      to: { kind: "member", label: "To" },
      condition: {
        kind: "text_or_rule",
        label: "Only if",
        help: "A text that the answer contains, or a JSON Logic rule.",
      },
    },
  },
  entry: {
    kind: "member",
    label: "Starts with",
    help: "If nobody is chosen: everyone whom no arrow leads to.",
  },
  join: {
    kind: "per_member",
    label: "Where several arrows meet",
    each: {
      kind: "choice",
      label: "Waits for",
      unset: "All arrows",
      options: { all: "All arrows", any: "Any arrow" },
    },
  },
  max_rounds: {
    kind: "whole",
    label: "Turns of one member in a run",
    help: "At most; a graph with a loop needs this or another end.",
  },
  coordinator: {
    kind: "member",
    label: "Coordinator",
    help: "Whose bot gives the turns, beside people.",
  },
  floor: {
    kind: "choice",
    label: "Speaking without a turn",
    unset: "Only whose turn it is speaks",
    options: {
      strict: "Only whose turn it is speaks",
      open: "Members may speak at any time",
    },
  },
  turn_timeout_ms: {
    kind: "duration",
    label: "Time for a turn",
    help: "For bots; a person's turn waits, unless they have a rule of their own. No limit if empty.",
  },
  on_timeout: { kind: "on_timeout", label: "When a turn's time is up" },
  on_prompt: {
    kind: "choice",
    label: "A prompt while they work",
    unset: "Steers: the run goes on and sees it",
    options: {
      steer: "Steers: the run goes on and sees it",
      queue: "Waits: a new run starts afterwards",
      interrupt: "Interrupts: a new run starts at once",
    },
  },
  max_turns: {
    kind: "whole",
    label: "Most turns in a run",
    help: "Ends a run beside the conditions below.",
  },
  members: {
    kind: "per_member",
    label: "Members with rules of their own",
    each: {
      kind: "group",
      label: "Rules",
      fields: {
        turn_timeout_ms: { kind: "duration", label: "Time for a turn" },
        answerable_by: {
          kind: "people",
          label: "People who may answer for it",
          help: "Beside its owner. Write the whole e-mail address and press Enter.",
        },
      },
    },
  },
} satisfies Record<Key, Field>;

const byType: Readonly<Record<Team["type"], readonly Key[]>> = {
  round_robin: [],
  hierarchical: ["leader", "reports_to"],
  broadcast: ["rounds"],
  custom: ["strategy"],
};

const byStrategy: Readonly<Record<string, readonly Key[]>> = {
  selector: ["candidates", "expression", "allow_repeated_speaker"],
  swarm: [],
  graph: ["edges", "entry", "join", "max_rounds"],
  manual: ["coordinator"],
};

/** The fields that say who speaks in a team of this type and strategy. */
export function speakingFields(type: Team["type"], strategy: unknown): Fields {
  const more = type === "custom" ? (byStrategy[String(strategy)] ?? []) : [];
  return Object.fromEntries([...byType[type], ...more].map((key) => [key, fields[key]]));
}

/** The fields about the turns of every team. */
export const turnFields: Fields = {
  floor: fields.floor,
  on_prompt: fields.on_prompt,
  turn_timeout_ms: fields.turn_timeout_ms,
  on_timeout: fields.on_timeout,
  max_turns: fields.max_turns,
  members: fields.members,
};

/**
 * What of a team's rules concerns a team of its type. Those of another type or strategy would be kept
 * without any effect, or be refused.
 */
export function configFor(type: Team["type"], rules: Values): JsonObject {
  const concerned = { ...speakingFields(type, rules.strategy), ...turnFields };
  const entries = Object.entries(rules).filter(([key]) => key in concerned);
  return Object.fromEntries(entries) as JsonObject;
}
