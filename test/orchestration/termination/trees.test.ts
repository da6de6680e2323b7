import { expect } from "chai";
import type { Json } from "../../../contract/json.ts";
import type { Condition, SingleCondition } from "../../../contract/termination.ts";
import {
  checkConditions,
  deadlineOf,
  hearConditions,
  setExternal,
  startConditions,
} from "../../../server/orchestration/termination/index.ts";
import { later, play, START, said, tell } from "./play.ts";

const go = [said("user", "go")];
const mention = (text: string): SingleCondition => ({ type: "text_mention", text });
const maxMessages = (max_messages: number): Condition => ({ type: "max_messages", max_messages });
const maxTurns = (max_turns: number): Condition => ({ type: "max_turns", max_turns });
const timeout = (timeout_ms: number): Condition => ({ type: "timeout", timeout_ms });
const standing = (turns: number) => ({ turns, now: START, said: [] });
const count = (limit: number) =>
  `Maximum number of messages ${limit} reached, current message count: ${limit}`;

describe("a tree of conditions", () => {
  it("any: joins what was met by the same delta, in its own order", () => {
    const condition = { any: [maxMessages(2), mention("STOP"), mention("never")] };
    const reasons = play(condition, go, [said("A", "STOP")]);
    expect(reasons).to.deep.equal([null, `${count(2)}, Text 'STOP' mentioned`]);
  });

  it("all: waits for all, with what was met before still met", () => {
    const condition = { all: [mention("X"), mention("Y")] };
    const reasons = play(condition, go, [said("A", "X")], [said("A", "z")], [said("A", "Y")]);
    expect(reasons.at(-1)).to.equal("Text 'X' mentioned, Text 'Y' mentioned");
    expect(reasons.slice(0, -1)).to.deep.equal([null, null, null]);
  });

  it("all: names first what was met first, as AutoGen does", () => {
    const condition = { all: [maxMessages(3), mention("X")] };
    const reasons = play(condition, go, [said("A", "X")], [said("A", "z")]);
    expect(reasons).to.deep.equal([null, null, `Text 'X' mentioned, ${count(3)}`]);
  });

  it("all: does not ask again what it has latched", () => {
    const condition = { all: [maxMessages(2), mention("X")] };
    const reasons = play(condition, go, [said("A", "a")], [said("A", "b")], [said("A", "X")]);
    // A count that had gone on would be 4.
    expect(reasons.at(-1)).to.equal(`${count(2)}, Text 'X' mentioned`);
  });

  it("latches a tree within a tree as a whole", () => {
    const condition = { all: [{ any: [mention("X"), mention("Y")] }, mention("Z")] };
    const reasons = play(condition, go, [said("A", "Y")], [said("A", "X")], [said("A", "Z")]);
    expect(reasons).to.deep.equal([null, null, null, "Text 'Y' mentioned, Text 'Z' mentioned"]);
  });

  it("names another condition rather than max_turns met by the same turn", () => {
    const condition = { any: [maxTurns(1), mention("STOP")] };
    expect(play(condition, go, [said("A", "STOP")]).at(-1)).to.equal("Text 'STOP' mentioned");
    expect(play(condition, go, [said("A", "a")]).at(-1)).to.equal(
      "Maximum number of turns 1 reached.",
    );
  });

  it("keeps max_turns among the reasons where it had to be met too", () => {
    const condition = { all: [maxTurns(1), mention("STOP")] };
    expect(play(condition, go, [said("A", "STOP")]).at(-1)).to.equal(
      "Maximum number of turns 1 reached., Text 'STOP' mentioned",
    );
  });

  it("gives each reason with the type of its condition", () => {
    const condition = { any: [maxMessages(1), mention("go")] };
    const state = tell(condition, startConditions(condition, START), go);
    const { met } = checkConditions(condition, state, standing(0));
    expect(met.map(({ code }) => code)).to.deep.equal(["max_messages", "text_mention"]);
  });

  it("external: is met at the next look after it was set, wherever it stands", () => {
    const external: Condition = { type: "external" };
    const condition = { any: [mention("X"), { all: [external, mention("Y")] }] };
    const look = (state: Json, text: string) =>
      checkConditions(condition, tell(condition, state, [said("A", text)]), standing(1));
    const before = look(startConditions(condition, START), "Y");
    expect(before.met).to.deep.equal([]);
    const { met } = look(JSON.parse(JSON.stringify(setExternal(condition, before.state))), "z");
    expect(met.map(({ reason }) => reason)).to.deep.equal([
      "Text 'Y' mentioned",
      "External termination requested",
    ]);
    expect(play(external, go, [said("A", "a")])).to.deep.equal([null, null]);
  });

  it("says when its earliest timeout is due, and no more of one that is latched", () => {
    const condition = { any: [timeout(3000), { all: [timeout(1000), mention("X")] }] };
    const state = startConditions(condition, START);
    expect(deadlineOf(condition, state)).to.equal(later(1000));
    const looked = checkConditions(condition, state, { ...standing(0), now: later(1000) });
    expect(looked.met).to.deep.equal([]);
    expect(deadlineOf(condition, looked.state)).to.equal(later(3000));
    expect(deadlineOf(mention("X"), null)).to.equal(null);
  });

  it("keeps its count in JSON, mid-count, and changes nothing it was given", () => {
    const condition = { all: [maxMessages(2), { any: [mention("X"), timeout(1000)] }] };
    const state = startConditions(condition, START);
    const stored = JSON.stringify(state);
    const heard = hearConditions(condition, state, said("A", "X"));
    expect(JSON.stringify(state)).to.equal(stored);
    const kept = JSON.stringify(heard);
    const looked = checkConditions(condition, heard, standing(1));
    expect(JSON.stringify(heard)).to.equal(kept);
    expect(JSON.parse(JSON.stringify(looked.state))).to.deep.equal(looked.state);
  });
});
