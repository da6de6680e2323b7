import { literal, Op, type WhereOptions } from "sequelize";

export const visibilities = ["private", "instance"] as const;
export type Visibility = (typeof visibilities)[number];

/** Who asks: a user, by a token of their own or (agent_id not null) by a bot's. */
export interface Identity {
  user_id: string;
  agent_id: string | null;
}

/**
 * The rows an actor may see of a table of agents, teams or tools: what is shared, and a person's own. A bot owns
 * nothing; it sees what its agent works with.
 * @param ofAgent SQL that selects the ids of what the agent :agent_id works with
 */
export const ownOrShared =
  (owner: "owner_id" | "created_by", ofAgent: string) =>
  ({ user_id, agent_id }: Identity): { where: WhereOptions } => {
    const own =
      agent_id === null
        ? { [owner]: user_id }
        : { id: { [Op.in]: literal(`(${ofAgent.replaceAll(":agent_id", uuidOf(agent_id))})`) } };
    return { where: { [Op.or]: [own, { visibility: "instance" }] } };
  };

/** A literal is not escaped by Sequelize. */
function uuidOf(id: string): string {
  if (!/^[0-9a-f-]{36}$/.test(id)) throw new Error(`${id} is no id`);
  return `'${id}'::uuid`;
}
