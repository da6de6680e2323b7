import type { Agent } from "../../contract/agent.ts";
import type { TeamAgent } from "../../contract/team_agent.ts";
import { useList } from "../queries.ts";

/** An agent's place in a team. */
export interface Member extends TeamAgent {
  /** As the agent is called, if one may see it. */
  readonly name: string;
  /** How rules name it: its name, or its id if another member has the same name. */
  readonly called: string;
}

/** What every part of a team's page is about. */
export interface TeamMembers {
  /** In the order of their turns; undefined until they are read. */
  readonly members: readonly Member[] | undefined;
  /** All agents that one may put into teams. */
  readonly agents: readonly Agent[];
}

/** Reads the members of a team, and who could become one. */
export function useMembers(team_id: string): TeamMembers {
  const agents = useList("agent.list", {});
  const places = useList("team.list_agents", { team_id });
  if (!agents.data || !places.data) return { members: undefined, agents: [] };
  const names = new Map(agents.data.map(({ id, name }) => [id, name]));
  const nameOf = ({ agent_id }: TeamAgent) => names.get(agent_id) ?? "An agent you may not see";
  const isShared = (name: string) =>
    places.data.filter((place) => nameOf(place) === name).length > 1;
  const members = places.data.map((place) => {
    const name = nameOf(place);
    return {
      ...place,
      name,
      called: isShared(name) || !names.has(place.agent_id) ? place.agent_id : name,
    };
  });
  return { members, agents: agents.data };
}
