import type { EffectiveTool } from "../../contract/tool.ts";
import { Agent, AgentTool, type Identity, TeamTool, Tool } from "../../models/index.ts";
import { isPerson } from "../policies/person.ts";
import { type Attachment, effectiveTools } from "./effective_tools.ts";
import { wire } from "./wire.ts";

/**
 * Reads what decides which tools agents have, in as many queries however many agents there are.
 * @param actor who asks: how a tool is configured, keys included, is told only to the agent and its owner; to
 *   others it is `{}`
 * @param agent_ids the agents asked about
 * @param team the team whose tools count, and which of the agents are in it; null for none
 * @param tool_ids the tools of the session they are in
 * @returns agent id → its effective tools, for every agent asked about
 */
export async function toolsOfAgents(
  actor: Identity,
  agent_ids: readonly string[],
  team: { readonly id: string; readonly agent_ids: readonly string[] } | null,
  tool_ids: readonly string[],
): Promise<Map<string, EffectiveTool[]>> {
  const own = (await AgentTool.findAll({ where: { agent_id: [...agent_ids] } })).map(wire);
  const shared = team ? (await TeamTool.findAll({ where: { team_id: team.id } })).map(wire) : [];
  const attached = new Map(agent_ids.map((id): [string, typeof own] => [id, []]));
  for (const row of own) attached.get(row.agent_id)!.push(row);
  const inTeam = new Set(team?.agent_ids);
  const named = [...own, ...shared].map((row) => row.tool_id);
  const tools = await Tool.findAll({ where: { id: [...new Set([...named, ...tool_ids])] } });
  const wiredTools = tools.map(wire);
  const untold = wiredTools.map((tool) => ({ ...tool, config: {} }));
  const perhapsMine = agent_ids.filter((id) => isPerson(actor) || id === actor.agent_id);
  const mine = await Agent.findAll({ where: { id: perhapsMine, owner_id: actor.user_id } });
  const my_ids = new Set(mine.map(({ id }) => id));
  return new Map(
    agent_ids.map((agent_id) => {
      const isMine = my_ids.has(agent_id);
      const told = (rows: readonly Attachment[]) =>
        isMine ? rows : rows.map((row) => ({ ...row, config_override: null }));
      const effective = effectiveTools({
        tools: isMine ? wiredTools : untold,
        agent: told(attached.get(agent_id)!),
        team: inTeam.has(agent_id) ? told(shared) : [],
        session: tool_ids,
      });
      return [agent_id, effective];
    }),
  );
}
