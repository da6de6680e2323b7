import { readFileSync } from "node:fs";
import { expect } from "chai";
import { checkTeam } from "../../contract/team_config.ts";
import { type SimulatedRun, simulate } from "../../server/orchestration/simulate.ts";
import { outOfScope, type Scenario, scenarios } from "./autogen_scenarios.ts";

interface Step {
  readonly task?: string | null;
  /** Type, source, text. */
  readonly messages?: readonly [string, string, string][];
  readonly stop_reason?: string;
  readonly error?: string;
}

const recorded: readonly { name: string; steps: readonly Step[] }[] = JSON.parse(
  readFileSync(new URL("autogen_recorded.json", import.meta.url), "utf8"),
);

describe("what AutoGen 0.7.5 was recorded to do", () => {
  const counts = { same: 0, differs: 0, outOfScope: 0 };

  for (const { name, steps } of recorded) {
    const scenario = scenarios[name];
    if (!scenario) {
      it(`${name} is out of scope: ${outOfScope[name]}`, () => {
        expect(outOfScope).to.have.property(name);
        counts.outOfScope += 1;
      });
      continue;
    }
    const chosen = steps.filter((_, index) => scenario.steps?.includes(index) ?? true);
    if (scenario.differs !== undefined) {
      it(`${name} differs: ${scenario.differs}`, () => {
        expect(run(scenario, chosen)).not.to.deep.equal(chosen.map(expected));
        counts.differs += 1;
      });
      continue;
    }
    it(`${name} is what we do`, () => {
      expect(run(scenario, chosen)).to.deep.equal(chosen.map(expected));
      counts.same += 1;
    });
  }

  after(() => {
    const { same, differs, outOfScope } = counts;
    console.log(
      `      ${recorded.length} recorded: ${same} the same, ${differs} differ on purpose, ${outOfScope} out of scope`,
    );
  });
});

/** What is said and why it stops, or that it cannot be run. */
function run({ team, script = {} }: Scenario, steps: readonly Step[]) {
  if (checkTeam(team).length > 0) return [{ error: true }];
  const tasks = steps.map(({ task }) => task ?? "");
  return simulate(team, tasks, script).map((one) =>
    one.stop.code === "failed" ? { error: true } : saidIn(one),
  );
}

function saidIn({ messages, stop }: SimulatedRun) {
  return {
    said: messages.map(({ source, content, tool_call }) =>
      tool_call && !["handoff", "stop"].includes(tool_call.name as string)
        ? [source, "result" in tool_call ? "tool_result" : "tool_request"]
        : [source, content],
    ),
    reason: stop.reason,
  };
}

const toolEvents: Record<string, string> = {
  ToolCallRequestEvent: "tool_request",
  ToolCallExecutionEvent: "tool_result",
};

function expected({ messages, stop_reason, error }: Step) {
  if (error !== undefined) return { error: true };
  return {
    said: messages!
      // Who was chosen is not said here, but shown by who has the turn.
      .filter(([type]) => type !== "SelectSpeakerEvent")
      .map(([type, source, text]) => [source, toolEvents[type] ?? text]),
    reason: stop_reason,
  };
}
