import { Op, type Transaction } from "sequelize";
import { CommandError } from "../../contract/errors.ts";
import { AccessToken, Agent, Session, TeamAgent } from "../../models/index.ts";
import { mayChangeAgent, mayCreateAgent } from "../policies/agent.ts";
import type { Actions } from "./action.ts";
import { authorize } from "./authorize.ts";
import { given } from "./given.ts";
import { page } from "./page.ts";
import { revokeInTeams } from "./team_access.ts";
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
      // Held against sessions that would take the agent in meanwhile.
      const hold = { transaction, lock: transaction.LOCK.UPDATE };
      const agent = await findVisible(Agent, actor, agent_id, hold);
      authorize(mayChangeAgent(actor, agent), "Only its owner may delete an agent");
      await assertInNoSession(agent_id, transaction);
      const where = { agent_id };
      const places = await TeamAgent.findAll({ where, transaction });
      const tokens = await AccessToken.findAll({ where, transaction });
      await agent.destroy({ transaction });
      const team_ids = places.map((place) => place.team_id);
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
