import type { JsonObject } from "../../contract/json.ts";
import type { Team } from "../../contract/team.ts";
import { type Condition, readCondition } from "../../contract/termination.ts";

type Termination = Pick<Team, "termination_condition_type" | "termination_condition_config">;

/** The condition that a team's two columns hold, as one tree; null if it has none. */
export function conditionOf(team: Termination): Condition | null {
  const { termination_condition_type: type, termination_condition_config: config } = team;
  return readCondition(type, config).data ?? null;
}

/** The two columns that hold a condition: a single one that has a type of its own there is no tree. */
export function terminationOf(condition: Condition | null): Termination {
  if (!condition) return { termination_condition_type: null, termination_condition_config: null };
  if ("type" in condition && isPlain(condition.type)) {
    const { type, ...config } = condition;
    return {
      termination_condition_type: condition.type,
      termination_condition_config: config as JsonObject,
    };
  }
  return {
    termination_condition_type: "custom",
    termination_condition_config: condition as unknown as JsonObject,
  };
}

function isPlain(type: string): type is "text_mention" | "max_turns" | "timeout" {
  return ["text_mention", "max_turns", "timeout"].includes(type);
}
