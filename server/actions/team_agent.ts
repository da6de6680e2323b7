import type { Transaction } from "sequelize";
import { CommandError } from "../../contract/errors.ts";
import { Agent, Team, TeamAgent } from "../../models/index.ts";
import { sqlIn } from "../database/sql.ts";
import { mayChangeAgent } from "../policies/agent.ts";
import { mayChangeTeam } from "../policies/team.ts";
import type { Actions } from "./action.ts";
import { authorize } from "./authorize.ts";
import { given } from "./given.ts";
import { holdSessions, revokeInTeams } from "./team_access.ts";
import { findVisible } from "./visible.ts";
import { wire } from "./wire.ts";

const onlyOwner = "Only its owner may change who is in a team";

/** The highest position that the contract can say. */
const MAX_POSITION = 1_000_000;

export const teamAgentActions = {
  "team.add_agent": {
    kind: "change",
    async run({ actor, transaction, revoke }, { team_id, agent_id, ...changes }) {
      // The team's row is held, so that two agents added at once do not get one position.
      const hold = { transaction, lock: transaction.LOCK.NO_KEY_UPDATE };
      const team = await findVisible(Team, actor, team_id, hold);
      authorize(mayChangeTeam(actor, team), onlyOwner);
      const place = await TeamAgent.findOne({ where: { team_id, agent_id }, transaction });
      if (place) {
        const mutes = changes.role_in_team === "observer";
        if (mutes) await holdSessions([team_id], transaction);
        await place.update(given(changes), { transaction });
        if (mutes) await endTurns(team_id, agent_id, transaction);
        if (changes.role_in_team !== undefined) {
          await revokeInTeams([team_id], { transaction, revoke });
        }
        return wire(place);
      }
      await findVisible(Agent, actor, agent_id, { transaction });
      const row = {
        role_in_team: "member",
        position: await lastPosition(team_id, transaction),
        ...given(changes),
        team_id,
        agent_id,
      };
      const added = await TeamAgent.create(row, { transaction });
      await revokeInTeams([team_id], { transaction, revoke });
      return wire(added);
    },
  },

  "team.remove_agent": {
    kind: "change",
    async run({ actor, transaction, revoke }, { team_id, agent_id }) {
      // Whoever owns the agent need not see the team, and may end what others do with it.
      const agent = await Agent.findByPk(agent_id, { transaction });
      if (!agent || !mayChangeAgent(actor, agent)) {
        const team = await findVisible(Team, actor, team_id, { transaction });
        authorize(mayChangeTeam(actor, team), onlyOwner);
      }
      await holdSessions([team_id], transaction);
      const removed = await TeamAgent.destroy({ where: { team_id, agent_id }, transaction });
      if (removed === 0) throw new CommandError("not_found", "The agent is not in this team");
      await endTurns(team_id, agent_id, transaction);
      await revokeInTeams([team_id], { transaction, revoke });
      return {};
    },
  },

  "team.list_agents": {
    kind: "query",
    async run(actor, { team_id }) {
      await findVisible(Team, actor, team_id);
      const order: [string, string][] = [
        ["position", "ASC"],
        ["id", "ASC"],
      ];
      const rows = await TeamAgent.findAll({ where: { team_id }, order });
      return { data: rows.map(wire), next: null };
    },
  },
} satisfies Partial<Actions>;

async function lastPosition(team_id: string, transaction: Transaction): Promise<number> {
  const last = await TeamAgent.max<number | null, TeamAgent>("position", {
    where: { team_id },
    transaction,
  });
  // Of those with the same position, the one added last is last.
  return last === null ? 0 : Math.min(last + 1, MAX_POSITION);
}

/** Of who cannot answer any more: deadlines.ts goes on without it. */
function endTurns(team_id: string, agent_id: string, transaction: Transaction): Promise<unknown> {
  return sqlIn(transaction)(
    `UPDATE turns SET deadline_at = LEAST(deadline_at, now())
      WHERE agent_id = $1 AND status = 'open'
        AND session_id IN (SELECT id FROM sessions WHERE team_id = $2)`,
    [agent_id, team_id],
  );
}
