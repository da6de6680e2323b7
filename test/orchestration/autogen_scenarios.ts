import type { TeamRow } from "../../server/orchestration/plan.ts";
import type { Reply, Script } from "../../server/orchestration/simulate.ts";

/** One of AutoGen's recorded scenarios, as a team and a script of ours. */
export interface Scenario {
  readonly team: TeamRow;
  readonly script?: Script;
  /** Steps of the recording that ours has too; all unless told. */
  readonly steps?: readonly number[];
  /** What differs on purpose, and why: then the recorded run is not expected. */
  readonly differs?: string;
}

const members = (names: string, type: "assistant" | "user_proxy" = "assistant") =>
  [...names.split(" ")].map((name) => ({ agent_id: name, name, type, role_in_team: "member" }));

function roundRobin(names: string, condition: object | null, max_turns?: number): TeamRow {
  return {
    type: "round_robin",
    config: max_turns === undefined ? {} : { max_turns },
    termination_condition_type: condition ? "custom" : null,
    termination_condition_config: condition as TeamRow["termination_condition_config"],
    members: members(names),
    mechanism: null,
  };
}

const custom = (names: string, config: object, condition: object | null = null): TeamRow => ({
  ...roundRobin(names, condition),
  type: "custom",
  config: config as TeamRow["config"],
});

const called = (name: string): Reply[] => [
  { tool_call: { name, arguments: {} } },
  { tool_call: { name, result: "ok" } },
];

const mention = (text: string, sources?: string[]) => ({
  type: "text_mention",
  text,
  ...(sources && { sources }),
});

const parallel = (condition: object) =>
  custom(
    "A B C D",
    {
      strategy: "graph",
      edges: [
        { from: "A", to: "B" },
        { from: "A", to: "C" },
        { from: "B", to: "D" },
        { from: "C", to: "D" },
      ],
    },
    condition,
  );

const everyTurn =
  "conditions look at every turn that ends; AutoGen's graph shows them the last of a parallel group only";
const noModel = "speakers are chosen by rules here, not by a model";

/** By the recording's name. */
export const scenarios: Readonly<Record<string, Scenario>> = {
  rr_max_turns_4_then_continue: {
    team: roundRobin("A B C", null, 4),
    // A run begins with a prompt here, so what AutoGen does without a task has no counterpart.
    steps: [0],
  },
  rr_max_message_1: {
    team: roundRobin("A B", { type: "max_messages", max_messages: 1 }),
    steps: [0],
  },
  max_message_include_events_overshoot: {
    team: roundRobin("A", { type: "max_messages", max_messages: 3, include_events: true }),
    script: { A: [...called("f"), "done"] },
  },
  text_mention_in_task: { team: roundRobin("A", mention("TERMINATE"), 3) },
  text_mention_case_and_substring: {
    team: roundRobin("A", mention("TERMINATE")),
    script: { A: ["terminate", "TERMINATED!"] },
  },
  text_mention_sources: {
    team: roundRobin("A B", mention("TERMINATE", ["B"])),
    script: { A: ["TERMINATE"], B: ["x", "TERMINATE"] },
  },
  or_same_delta_joins: {
    team: roundRobin("A", { any: [{ type: "max_messages", max_messages: 2 }, mention("STOP")] }),
    script: { A: ["STOP"] },
  },
  condition_beats_max_turns: {
    team: roundRobin("A", mention("STOP"), 1),
    script: { A: ["STOP"] },
  },
  source_match_user_task: { team: roundRobin("A", { type: "source_match", sources: ["user"] }) },
  text_message_source: { team: roundRobin("A B", { type: "text_message", source: "B" }) },
  stop_message: {
    team: roundRobin("A B", { type: "stop_message" }),
    script: { B: [{ content: "bye", tool_call: { name: "stop" } }] },
  },
  stop_message_without_condition: {
    team: roundRobin("A B", null, 4),
    script: { B: [{ content: "bye", tool_call: { name: "stop" } }] },
  },
  function_call: {
    team: roundRobin("A B", { type: "function_call", function_name: "approve" }),
    script: { A: ["x", ...called("approve"), "done"] },
  },
  token_usage_completion: {
    team: roundRobin("A", { type: "token_usage", max_completion: 10 }),
    script: {
      A: [
        { content: "a", usage: { input: 100, output: 5 } },
        { content: "a2", usage: { input: 100, output: 5 } },
      ],
    },
  },
  timeout_clock_starts_at_construction: {
    team: roundRobin("A B", { type: "timeout", timeout_ms: 500 }, 2),
    differs:
      "the clock starts with each run, so that the first step runs its turns as the second does",
  },
  timeout_does_not_interrupt_agent: {
    team: roundRobin("A", { type: "timeout", timeout_ms: 300 }),
    script: { A: [{ content: "slow", delay_ms: 800 }] },
    differs: "the time limit is kept: the turn is cancelled when the time is over, not after it",
  },
  external_set_before_run: {
    team: roundRobin("A", { type: "external" }, 2),
    steps: [1],
  },
  no_termination_condition_single: { team: roundRobin("A", null, 1) },
  max_turns_0: { team: roundRobin("A", null, 0) },
  construct_dup_names: { team: roundRobin("A A", null) },
  construct_no_participants: { team: { ...roundRobin("A", null), members: [] } },
  construct_selector_one: { team: custom("A", { strategy: "selector" }) },
  construct_token_usage_no_limit: { team: roundRobin("A", { type: "token_usage" }) },
  visibility: {
    team: roundRobin("A B C", null, 4),
    script: { A: [...called("f"), "a1"] },
  },
  swarm_handoff_to_user_terminates_then_bad_resume: {
    team: custom("A", { strategy: "swarm", max_turns: 5 }, { type: "handoff", target: "user" }),
    script: { A: [{ content: "need info", handoff: "user" }] },
    steps: [0],
  },
  swarm_handoff_unknown_no_condition: {
    team: custom("A", { strategy: "swarm" }),
    script: { A: [{ content: "?", handoff: "nobody" }] },
    differs: "a handoff to somebody who is no member waits for a person, where AutoGen fails",
  },
  selector_two_agents_no_model_call: {
    team: custom("A B", { strategy: "selector", max_turns: 3 }),
  },
  selector_repeat_not_allowed_retry: {
    team: custom("B A", { strategy: "selector", max_turns: 2 }),
  },
  selector_no_valid_first_falls_back_to_first: {
    team: custom("A B", { strategy: "selector", max_turns: 1, expression: { var: "nothing" } }),
  },
  selector_func_none_falls_to_model: {
    team: custom("A B C", { strategy: "selector" }),
    differs: noModel,
  },
  selector_underscore_match: {
    team: custom("story_writer other", { strategy: "selector", max_turns: 1 }),
  },
  graph_parallel_textmention_from_first_finisher_is_missed: {
    team: parallel(mention("STOP")),
    script: { B: ["B STOP"], C: ["C done"] },
    differs: everyTurn,
  },
  graph_parallel_textmention_from_last_finisher: {
    // The same graph, in which C ends first because it is named first.
    team: {
      ...parallel(mention("STOP")),
      members: members("A C B D"),
      config: {
        strategy: "graph",
        edges: [
          { from: "A", to: "C" },
          { from: "A", to: "B" },
          { from: "B", to: "D" },
          { from: "C", to: "D" },
        ],
      },
    },
    script: { B: ["B STOP"], C: ["C done"] },
  },
  graph_parallel_maxmessage_undercounts: {
    team: parallel({ type: "max_messages", max_messages: 5 }),
    script: { B: ["B STOP"], C: ["C done"] },
    differs: everyTurn,
  },
  graph_loop_all: {
    team: custom("A B C", {
      strategy: "graph",
      entry: "A",
      max_turns: 20,
      edges: [
        { from: "A", to: "B" },
        { from: "B", to: "A", condition: "NO" },
        { from: "B", to: "C", condition: "YES" },
      ],
    }),
    script: { B: ["NO", "NO", "YES"] },
  },
  user_proxy_events: {
    team: {
      ...roundRobin("A", null, 2),
      members: [...members("A"), ...members("user_proxy", "user_proxy")],
    },
    script: { user_proxy: ["yes"] },
    differs: "no event asks for input: that turn.opened names a person's agent does",
  },
};

/** The recordings that say nothing about who speaks and when to stop. */
export const outOfScope: Readonly<Record<string, string>> = {
  cancel_mid_turn_then_run_again: "cancelling a coroutine; run.stop { now: true } stops a run here",
  agent_raises: "an exception in an agent's process; a bot that fails times out or passes here",
  construct_swarm_first_no_handoff: "who may hand off is a matter of the bot's own tools here",
  nested_team_messages_count_for_outer_max_message: "a team is no member of a team here",
  dump_loses_text_mention_sources: "AutoGen's serialisation; ours keeps the sources",
  assistant_tool_call_no_reflect_full_json: "an agent's inside: how it answers is the bot's",
  assistant_tool_call_reflect_stream_full_json: "an agent's inside: how it answers is the bot's",
};
