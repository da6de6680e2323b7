import type { JsonObject } from "../../contract/json.ts";
import { TeamConfig } from "../../contract/team_config.ts";
import { type Condition, conditionOf } from "../../contract/termination.ts";
import type { Mechanism, Member, Plan } from "./types.ts";

/** A team as its tables have it. */
export interface TeamRow {
  readonly type: Plan["type"];
  readonly config: JsonObject;
  readonly termination_condition_type: "text_mention" | "max_turns" | "timeout" | "custom" | null;
  readonly termination_condition_config: JsonObject | null;
  /** In position order. */
  readonly members: readonly Member[];
  /** The first that the team was given. */
  readonly mechanism: Mechanism | null;
}

/**
 * Reads a team as a run goes by it.
 * @returns null for a team that nobody orchestrates: a custom one without a strategy
 * @throws Error (zod) when what is stored is no team's; writing a team checks the same
 */
export function planOf(team: TeamRow): Plan | null {
  const config = TeamConfig.parse(team.config);
  if (team.type === "custom" && config.strategy === undefined) return null;
  const termination = conditionOf(
    team.termination_condition_type,
    team.termination_condition_config,
  );
  return {
    type: team.type,
    members: team.members,
    config,
    termination: withLimit(termination, config.max_turns),
    mechanism: team.mechanism,
  };
}

function withLimit(condition: Condition | null, max_turns: number | undefined): Condition | null {
  if (max_turns === undefined) return condition;
  const limit: Condition = { type: "max_turns", max_turns };
  return condition ? { any: [condition, limit] } : limit;
}
