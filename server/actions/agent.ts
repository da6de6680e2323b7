import { Op, type Transaction } from "sequelize";
import { CommandError } from "../../contract/errors.ts";
import { AccessToken, Agent, Run, Session, TeamAgent } from "../../models/index.ts";
import { mayChangeAgent, mayCreateAgent } from "../policies/agent.ts";
import type { Actions } from "./action.ts";
import { authorize } from "./authorize.ts";
import { given } from "./given.ts";
import { page } from "./page.ts";
import { holdSessions, revokeInTeams } from "./team_access.ts";
import { findVisible, visible } from "./visible.ts";
import { wire } from "./wire.ts";

export const agentActions = {
  "agent.create": {
    kind: "change",
    async run({ actor, transaction }, input) {
      authorize(mayCreateAgent(actor), "A bot cannot make agents");
      return wire(
        await Agent.create({ ...given(input), owner_id: actor.user_id }, { transaction }),
      );
    },
  },

  "agent.list": {
    kind: "query",
    run: (actor, input) => page(visible(Agent, actor), {}, input),
  },

  "agent.get": {
    kind: "query",
    async run(actor, { agent_id }) {
      return wire(await findVisible(Agent, actor, agent_id));
    },
  },

  "agent.update": {
    kind: "change",
    async run({ actor, transaction }, { agent_id, ...changes }) {
      const agent = await findVisible(Agent, actor, agent_id, { transaction });
      authorize(mayChangeAgent(actor, agent), "Only its owner may change an agent");
      return wire(await agent.update(given(changes), { transaction }));
    },
  },

  "agent.delete": {
    kind: "change",
    async run({ actor, transaction, revoke }, { agent_id }) {
      const agent = await findVisible(Agent, actor, agent_id, { transaction });
      authorize(mayChangeAgent(actor, agent), "Only its owner may delete an agent");
      const where = { agent_id };
      const places = await TeamAgent.findAll({ where, transaction });
      const team_ids = places.map((place) => place.team_id);
      await holdSessions(team_ids, transaction);
      // Held against sessions that would take the agent in meanwhile.
      await findVisible(Agent, actor, agent_id, { transaction, lock: transaction.LOCK.UPDATE });
      await assertInNoSession(agent_id, transaction);
      await assertInNoRun(agent_id, transaction);
      const tokens = await AccessToken.findAll({ where, transaction });
      await agent.destroy({ transaction });
      await revokeInTeams(team_ids, { transaction, revoke });
      for (const token of tokens) await revoke({ token_id: token.id });
      return {};
    },
  },
} satisfies Partial<Actions>;

// PostgreSQL has no foreign keys for the elements of an array.
async function assertInNoSession(agent_id: string, transaction: Transaction): Promise<void> {
  const where = { agent_ids: { [Op.contains]: [agent_id] } };
  if (await Session.findOne({ attributes: ["id"], where, transaction })) {
    throw new CommandError("in_use", "A session still lists this agent in its agent_ids");
  }
}

/** A run goes by the team as it was, so it would open turns for an agent that is no more. */
async function assertInNoRun(agent_id: string, transaction: Transaction): Promise<void> {
  const plan = { [Op.contains]: { members: [{ agent_id }] } };
  const where = { stopped_at: null, plan };
  if (await Run.findOne({ attributes: ["id"], where, transaction })) {
    throw new CommandError("in_use", "A run that is under way counts on this agent; stop it first");
  }
}
