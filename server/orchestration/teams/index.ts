import { speakersOf } from "../members.ts";
import type { Plan, TeamType } from "../types.ts";
import { broadcast } from "./broadcast.ts";
import { graph } from "./graph.ts";
import { hierarchical } from "./hierarchical.ts";
import { manual } from "./manual.ts";
import { roundRobin } from "./round_robin.ts";
import { selector } from "./selector.ts";
import { swarm } from "./swarm.ts";

const strategies = { selector, swarm, graph, manual };

/** How a team gives turns: by its type, and a custom one by its strategy. */
export function teamTypeOf({ type, config }: Plan): TeamType {
  switch (type) {
    case "round_robin":
      return roundRobin;
    case "hierarchical":
      return hierarchical;
    case "broadcast":
      return broadcast;
    case "custom":
      return strategies[config.strategy!];
  }
}

/**
 * Says why a run cannot go by a plan, for the person who wrote the team.
 * @returns complaints, none if all is well
 */
export function checkPlan(plan: Plan): string[] {
  if (speakersOf(plan).length === 0) return ["The team has no member who takes turns"];
  const names = plan.members.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) return [`Two members of the team are called ${twice}`];
  return teamTypeOf(plan).check(plan);
}
