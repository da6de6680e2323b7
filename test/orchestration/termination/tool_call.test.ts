import { expect } from "chai";
import { CommandError } from "../../../contract/errors.ts";
import type { JsonObject } from "../../../contract/json.ts";
import {
  assertUnderstood,
  delegationOf,
  endsTurn,
  handoffOf,
  kindOf,
} from "../../../server/orchestration/tool_call.ts";
import { said } from "./play.ts";

const saying = (tool_call: JsonObject | null, content = "words") =>
  said("Ada", content, tool_call).said;

describe("a message's tool call", () => {
  const kinds: readonly (readonly [JsonObject | null, kind: string, ends: boolean])[] = [
    [null, "text", true],
    [{ name: "f", arguments: {} }, "tool_request", false],
    [{ name: "f", arguments: {}, final: true }, "tool_request", true],
    [{ name: "f", result: "ok", is_error: false }, "tool_result", false],
    [{ name: "f", result: null }, "tool_result", false],
    [{ name: "f", result: "ok", final: true }, "tool_result", true],
    [{ name: "f", result: "ok", final: "yes" }, "tool_result", false],
    [{ name: "handoff", arguments: { agent: "Bob" } }, "handoff", true],
    [{ name: "delegate", arguments: { agent: "Bob" } }, "delegate", true],
    [{ name: "stop" }, "stop", true],
    [{ name: "stop", result: "the tool stop was run" }, "tool_result", false],
    [{ name: "constructor" }, "tool_request", false],
    [{ id: 7 }, "tool_request", false],
  ];
  for (const [tool_call, kind, ends] of kinds) {
    it(`${JSON.stringify(tool_call)} is ${kind} and ${ends ? "ends" : "does not end"} the turn`, () => {
      expect(kindOf(saying(tool_call))).to.equal(kind);
      expect(endsTurn(saying(tool_call))).to.equal(ends);
    });
  }

  it("says whom it hands off to", () => {
    expect(handoffOf(saying({ name: "handoff", arguments: { agent: "Bob" } }))).to.equal("Bob");
    expect(handoffOf(saying(null))).to.equal(null);
  });

  it("says whom it asks to do what, one or several; without a task, its words are the task", () => {
    const one = saying({ name: "delegate", arguments: { agent: "Bob" } }, "please");
    expect(delegationOf(one)).to.deep.equal({
      asks: [{ agent: "Bob", task: "please" }],
      parallel: false,
    });
    const both = [
      { agent: "Bob", task: "x" },
      { agent: "Cleo", task: "y" },
    ];
    const two = saying({ name: "delegate", arguments: both, parallel: true });
    expect(delegationOf(two)).to.deep.equal({ asks: both, parallel: true });
    expect(delegationOf(saying(null))).to.equal(null);
  });

  const malformed: Record<string, JsonObject> = {
    "tool_call.arguments.agent": { name: "handoff", arguments: {} },
    "tool_call.arguments": { name: "handoff" },
    "tool_call.arguments.0.agent": { name: "delegate", arguments: { task: "x" } },
    "tool_call.arguments.1.agent": {
      name: "delegate",
      arguments: [{ agent: "Bob" }, { agent: 5 }],
    },
    "tool_call.parallel": { name: "delegate", arguments: { agent: "Bob" }, parallel: "yes" },
  };
  for (const [place, tool_call] of Object.entries(malformed)) {
    it(`is refused with its place: ${place}`, () => {
      let refusal: unknown;
      try {
        assertUnderstood(saying(tool_call));
      } catch (error) {
        refusal = error;
      }
      expect(refusal).to.be.instanceOf(CommandError).with.property("code", "invalid_input");
      const { message, extra } = refusal as CommandError;
      expect(extra.details?.map(({ path }) => path)).to.deep.equal([place]);
      expect(message).to.include(place);
    });
  }

  it("means nothing to the team's rules under any other name", () => {
    assertUnderstood(saying({ name: "f", arguments: "anything" }));
    assertUnderstood(saying(null));
  });
});
