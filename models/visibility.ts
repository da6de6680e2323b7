import { Op, type WhereOptions } from "sequelize";

export const visibilities = ["private", "instance"] as const;
export type Visibility = (typeof visibilities)[number];

/** Who asks: a user, by a token of their own or (agent_id not null) by a bot's. */
export interface Identity {
  user_id: string;
  agent_id: string | null;
}

/** The rows an actor may see of a table of agents, teams or tools: their own, and what is shared. */
export const ownOrShared =
  (owner: "owner_id" | "created_by") =>
  (actor: Identity): { where: WhereOptions } => ({
    where: { [Op.or]: [{ [owner]: actor.user_id }, { visibility: "instance" }] },
  });
