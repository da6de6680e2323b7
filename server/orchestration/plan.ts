import { CommandError, type Issue, issuesAt } from "../../contract/errors.ts";
import type { JsonObject } from "../../contract/json.ts";
import { TeamConfig } from "../../contract/team_config.ts";
import { type Condition, readCondition } from "../../contract/termination.ts";
import type { Mechanism, Member, Plan } from "./types.ts";

/** A team as its tables have it. */
export interface TeamRow {
  readonly type: Plan["type"];
  readonly config: JsonObject;
  readonly termination_condition_type: "text_mention" | "max_turns" | "timeout" | "custom" | null;
  readonly termination_condition_config: JsonObject | null;
  /** In position order; each with whether it belongs to somebody else than the team, which it does not unless told. */
  readonly members: readonly (Member & { readonly is_foreign?: boolean })[];
  /** The first that the team was given. */
  readonly mechanism: Mechanism | null;
}

/**
 * Reads a team as a run goes by it.
 * @returns null for a team that nobody orchestrates, which is a custom one without a strategy; why it
 *   cannot be orchestrated, if it was written before what is checked now when a team is written
 */
export function planOf(team: TeamRow): Plan | CommandError | null {
  if (team.type === "custom" && team.config.strategy === undefined) return null;
  const { data: config, error } = TeamConfig.safeParse(team.config);
  if (error) return broken(issuesAt("config", error) as [Issue]);
  const condition = readCondition(
    team.termination_condition_type,
    team.termination_condition_config,
  );
  if (condition.error) {
    return broken(issuesAt("termination_condition_config", condition.error) as [Issue]);
  }
  return {
    type: team.type,
    members: membersOf(team),
    config: lendingOwn(config, team),
    termination: withLimit(condition.data, config.max_turns),
    mechanism: team.mechanism,
  };
}

/** A plan by which what is under way can end in a team that nobody orchestrates (any more). */
export function onlyEnding(team: TeamRow): Plan {
  const { mechanism } = team;
  const config = { strategy: "manual", floor: "open" } as const;
  return { type: "custom", members: membersOf(team), config, termination: null, mechanism };
}

function membersOf({ members }: TeamRow): Member[] {
  return members.map(({ is_foreign: _, ...member }) => member);
}

/** Whose agent it is says who may answer for it, not who puts it into a team. */
function lendingOwn(config: TeamConfig, { members }: TeamRow): TeamConfig {
  const foreign = members.filter(({ is_foreign }) => is_foreign);
  if (!config.members || foreign.length === 0) return config;
  const keys = new Set(foreign.flatMap(({ agent_id, name }) => [agent_id, name]));
  const settings = Object.entries(config.members).map(([key, { answerable_by, ...others }]) => [
    key,
    keys.has(key) ? others : { ...others, ...(answerable_by && { answerable_by }) },
  ]);
  return { ...config, members: Object.fromEntries(settings) };
}

function broken([{ path, message }]: [Issue]): CommandError {
  return new CommandError("conflict", `The team cannot be run: ${path}: ${message}`);
}

function withLimit(condition: Condition | null, max_turns: number | undefined): Condition | null {
  if (max_turns === undefined) return condition;
  const limit: Condition = { type: "max_turns", max_turns };
  return condition ? { any: [condition, limit] } : limit;
}
