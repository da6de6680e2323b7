import { CommandError } from "../../contract/errors.ts";
import { Agent, AgentTool, Team, TeamAgent, Tool } from "../../models/index.ts";
import { mayChangeAgent } from "../policies/agent.ts";
import type { Actions } from "./action.ts";
import { authorize } from "./authorize.ts";
import { given } from "./given.ts";
import { toolsOfAgents } from "./tools_of_agents.ts";
import { findVisible } from "./visible.ts";
import { wire } from "./wire.ts";

const onlyOwner = "Only its owner may change which tools an agent has";

export const agentToolActions = {
  "agent.attach_tool": {
    kind: "change",
    async run({ actor, transaction }, { agent_id, tool_id, ...changes }) {
      // The agent's row is held, so that two attachments of one tool come one after the other.
      const hold = { transaction, lock: transaction.LOCK.NO_KEY_UPDATE };
      const agent = await findVisible(Agent, actor, agent_id, hold);
      authorize(mayChangeAgent(actor, agent), onlyOwner);
      const where = { agent_id, tool_id };
      const attached = await AgentTool.findOne({ where, transaction });
      if (attached) return wire(await attached.update(given(changes), { transaction }));
      await findVisible(Tool, actor, tool_id, { transaction });
      const row = { enabled: true, ...given(changes), ...where };
      return wire(await AgentTool.create(row, { transaction }));
    },
  },

  "agent.detach_tool": {
    kind: "change",
    async run({ actor, transaction }, { agent_id, tool_id }) {
      const agent = await findVisible(Agent, actor, agent_id, { transaction });
      authorize(mayChangeAgent(actor, agent), onlyOwner);
      const detached = await AgentTool.destroy({ where: { agent_id, tool_id }, transaction });
      if (detached === 0) throw new CommandError("not_found", "The agent does not have this tool");
      return {};
    },
  },

  "agent.list_tools": {
    kind: "query",
    async run(actor, { agent_id, team_id }) {
      await findVisible(Agent, actor, agent_id);
      if (team_id !== undefined) {
        await findVisible(Team, actor, team_id);
        if (!(await TeamAgent.findOne({ where: { team_id, agent_id } }))) {
          throw new CommandError("not_found", "The agent is not in this team");
        }
      }
      const team = team_id === undefined ? null : { id: team_id, agent_ids: [agent_id] };
      const tools = await toolsOfAgents(actor, [agent_id], team, []);
      return { data: tools.get(agent_id) ?? [], next: null };
    },
  },
} satisfies Partial<Actions>;
