import { expect } from "chai";
import type { Condition } from "../../../contract/termination.ts";
import { deadlineOf, startConditions } from "../../../server/orchestration/termination/index.ts";
import { cost, type Delta, later, play, START, said, usage } from "./play.ts";

const go = [said("user", "go")];
const request = said("A", "", { name: "f", arguments: { q: "weather" } });
const result = said("A", "", { name: "f", result: "ok" });

/** The name of a case is its promise; where AutoGen's golden runs have it, its words are theirs. */
interface Case {
  readonly name: string;
  readonly condition: Condition;
  readonly deltas: readonly Delta[];
  readonly expected: readonly (string | null)[];
}

const mention = "Text 'TERMINATE' mentioned";
const messages = (limit: number, count: number) =>
  `Maximum number of messages ${limit} reached, current message count: ${count}`;

const cases: readonly Case[] = [
  {
    name: "text_mention looks at the task first",
    condition: { type: "text_mention", text: "TERMINATE" },
    deltas: [[said("user", "say TERMINATE when done")]],
    expected: [mention],
  },
  {
    name: "text_mention is a case-sensitive substring",
    condition: { type: "text_mention", text: "TERMINATE" },
    deltas: [go, [said("A", "terminate")], [said("A", "TERMINATED!")]],
    expected: [null, null, mention],
  },
  {
    name: "text_mention with sources passes over what others say, the task included",
    condition: { type: "text_mention", text: "TERMINATE", sources: ["B"] },
    deltas: [
      [said("user", "go TERMINATE")],
      [said("A", "TERMINATE")],
      [said("B", "x")],
      [said("A", "A#2")],
      [said("B", "TERMINATE")],
    ],
    expected: [null, null, null, null, mention],
  },
  {
    name: "text_mention looks into a tool's arguments",
    condition: { type: "text_mention", text: '{"q":"weather"}' },
    deltas: [go, [request]],
    expected: [null, `Text '{"q":"weather"}' mentioned`],
  },
  {
    name: "text_mention looks into a tool's result",
    condition: { type: "text_mention", text: "TERMINATE" },
    deltas: [go, [said("A", "", { name: "f", result: { note: "TERMINATE" } })]],
    expected: [null, mention],
  },
  {
    name: "text_mention does not take whom a handoff names for its words",
    condition: { type: "text_mention", text: "user" },
    deltas: [go, [said("A", "over to you", { name: "handoff", arguments: { agent: "user" } })]],
    expected: [null, null],
  },
  {
    name: "max_turns counts turns, and the task is none",
    condition: { type: "max_turns", max_turns: 2 },
    deltas: [go, [said("A", "A#1")], [said("B", "B#1")]],
    expected: [null, null, "Maximum number of turns 2 reached."],
  },
  {
    name: "max_messages counts the task, which may reach it alone",
    condition: { type: "max_messages", max_messages: 1 },
    deltas: [go],
    expected: [messages(1, 1)],
  },
  {
    name: "max_messages with include_events counts requests and results, and may overshoot",
    condition: { type: "max_messages", max_messages: 3, include_events: true },
    deltas: [go, [request, result, said("A", "done")]],
    expected: [null, messages(3, 4)],
  },
  {
    name: "max_messages does not count requests and results otherwise",
    condition: { type: "max_messages", max_messages: 3 },
    deltas: [go, [request, result, said("A", "done")], [said("A", "again")]],
    expected: [null, null, messages(3, 3)],
  },
  {
    name: "max_messages counts a result that ends its turn, as AutoGen's summary of it",
    condition: { type: "max_messages", max_messages: 2 },
    deltas: [go, [request, said("A", "", { name: "f", result: "ok", final: true })]],
    expected: [null, messages(2, 2)],
  },
  {
    name: "max_messages counts a handoff",
    condition: { type: "max_messages", max_messages: 2 },
    deltas: [go, [said("A", "", { name: "handoff", arguments: { agent: "B" } })]],
    expected: [null, messages(2, 2)],
  },
  {
    name: "timeout is not met before its time, and is in that very millisecond",
    condition: { type: "timeout", timeout_ms: 500 },
    deltas: [
      { happened: go, at: 0 },
      { happened: [], at: 499 },
      { happened: [], at: 500 },
    ],
    expected: [null, null, "Timeout of 0.5 seconds reached"],
  },
  {
    name: "token_usage is met at its completion limit, not past it",
    condition: { type: "token_usage", max_completion: 10 },
    deltas: [go, [said("A", "a"), usage(100, 9)], [said("A", "a2"), usage(100, 1)]],
    expected: [
      null,
      null,
      "Token usage limit reached, total token count: 210, prompt token count: 200, completion token count: 10.",
    ],
  },
  {
    name: "token_usage is met by whichever of its limits is reached first",
    condition: { type: "token_usage", max_total: 1000, max_prompt: 50 },
    deltas: [go, [usage(50, 0)]],
    expected: [
      null,
      "Token usage limit reached, total token count: 50, prompt token count: 50, completion token count: 0.",
    ],
  },
  {
    name: "token_usage has a total of prompts and completions",
    condition: { type: "token_usage", max_total: 100 },
    deltas: [go, [usage(60, 39)], [usage(0, 1)]],
    expected: [
      null,
      null,
      "Token usage limit reached, total token count: 100, prompt token count: 60, completion token count: 40.",
    ],
  },
  {
    name: "cost adds decimals exactly",
    condition: { type: "cost", max_cost: "0.3" },
    deltas: [go, [cost("0.1")], [cost("0.2")]],
    expected: [null, null, "Cost limit reached: 0.3 USD of 0.3"],
  },
  {
    name: "cost counts its own currency only",
    condition: { type: "cost", max_cost: "1", currency: "EUR" },
    deltas: [go, [cost("5", "USD")], [cost("1.00", "EUR")]],
    expected: [null, null, "Cost limit reached: 1.00 EUR of 1"],
  },
  {
    name: "handoff is met by its target only",
    condition: { type: "handoff", target: "user" },
    deltas: [
      go,
      [said("A", "", { name: "handoff", arguments: { agent: "B" } })],
      [said("A", "need info", { name: "handoff", arguments: { agent: "user" } })],
    ],
    expected: [null, null, "Handoff to user from A detected."],
  },
  {
    name: "source_match is met by the task, which comes from user",
    condition: { type: "source_match", sources: ["user"] },
    deltas: [go],
    expected: ["'user' answered"],
  },
  {
    name: "source_match is met by any of its sources",
    condition: { type: "source_match", sources: ["C", "B"] },
    deltas: [go, [said("A", "a")], [said("B", "b")]],
    expected: [null, null, "'B' answered"],
  },
  {
    name: "stop_message is met by a stop, and not by the word",
    condition: { type: "stop_message" },
    deltas: [go, [said("A", "stop")], [said("B", "bye", { name: "stop" })]],
    expected: [null, null, "Stop message received"],
  },
  {
    name: "a stop is not special without stop_message",
    condition: { type: "max_turns", max_turns: 2 },
    deltas: [go, [said("B", "bye", { name: "stop" })], [said("A", "a")]],
    expected: [null, null, "Maximum number of turns 2 reached."],
  },
  {
    name: "function_call is met by the result, not by the request",
    condition: { type: "function_call", function_name: "f" },
    deltas: [go, [request], [result, said("A", "done")]],
    expected: [null, null, "Function 'f' was executed."],
  },
  {
    name: "function_call is met by its own function only",
    condition: { type: "function_call", function_name: "approve" },
    deltas: [go, [request, result]],
    expected: [null, null],
  },
  {
    name: "text_message with a source passes over the task and others",
    condition: { type: "text_message", source: "B" },
    deltas: [go, [said("A", "A#1")], [said("B", "B#1")]],
    expected: [null, null, "Text message received from 'B'"],
  },
  {
    name: "text_message is not met by tool calls, handoffs and stops",
    condition: { type: "text_message", source: "A" },
    deltas: [
      go,
      [request, result],
      [
        said("A", "x", { name: "handoff", arguments: { agent: "B" } }),
        said("A", "x", { name: "stop" }),
      ],
      [said("A", "text")],
    ],
    expected: [null, null, null, "Text message received from 'A'"],
  },
  {
    name: "text_message without a source is met by the task",
    condition: { type: "text_message" },
    deltas: [go],
    expected: ["Text message received from 'user'"],
  },
  {
    name: "expression is met when its rule holds",
    condition: {
      type: "expression",
      expression: {
        and: [{ ">=": [{ var: "turns" }, 2] }, { "==": [{ var: "last.source" }, "B"] }],
      },
    },
    deltas: [go, [said("B", "b")], [said("A", "a")], [said("B", "b")]],
    expected: [null, null, null, "The team's expression holds"],
  },
];

describe("a termination condition", () => {
  for (const { name, condition, deltas, expected } of cases) {
    it(name, () => {
      expect(play(condition, ...deltas)).to.deep.equal(expected);
    });
  }

  it("counts anew for each run", () => {
    const condition: Condition = { type: "max_messages", max_messages: 2 };
    expect(play(condition, go, [said("A", "a")])).to.deep.equal([null, messages(2, 2)]);
    expect(play(condition, go)).to.deep.equal([null]);
  });

  it("with a timeout says when somebody must look", () => {
    const condition: Condition = { type: "timeout", timeout_ms: 1500 };
    expect(deadlineOf(condition, startConditions(condition, START))).to.equal(later(1500));
  });
});
