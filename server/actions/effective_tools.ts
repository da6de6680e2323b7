import type { JsonObject } from "../../contract/json.ts";
import type { EffectiveTool, Tool } from "../../contract/tool.ts";
import { mergePatch } from "./merge_patch.ts";

/** How an agent or a team has a tool, as agent_tools and team_tools say it. */
export interface Attachment {
  readonly tool_id: string;
  readonly enabled: boolean;
  readonly config_override: JsonObject | null;
}

/** All the places an agent's tools can come from. */
export interface ToolSources {
  /** The tools that any of the others names; those not among them are passed over. */
  readonly tools: readonly Omit<Tool, "created_by" | "visibility" | "created_at">[];
  readonly agent: readonly Attachment[];
  readonly team: readonly Attachment[];
  /** The session's `tool_ids`. */
  readonly session: readonly string[];
}

/**
 * The tools an agent really has. The nearest place that says anything about a tool decides whether
 * the agent has it: the agent's own row, else its team's, else the session's list. Overrides merge
 * onto the tool's config by RFC 7396, the agent's over the team's; a disabled row gives nothing, and
 * so no override either.
 * @returns one for each tool, by name
 */
export function effectiveTools(sources: ToolSources): EffectiveTool[] {
  const own = new Map(sources.agent.map((row) => [row.tool_id, row]));
  const shared = new Map(sources.team.map((row) => [row.tool_id, row]));
  const listed = new Set(sources.session);
  return sources.tools
    .flatMap((tool): EffectiveTool[] => {
      const agent = own.get(tool.id);
      const team = shared.get(tool.id);
      if (!(agent?.enabled ?? team?.enabled ?? listed.has(tool.id))) return [];
      // Where nothing is overridden the config stays as it is: each merging copies it.
      const overrides = [team, agent].flatMap((row) => (row?.enabled && row.config_override) || []);
      return [
        {
          tool_id: tool.id,
          name: tool.name,
          description: tool.description,
          type: tool.type,
          config: overrides.reduce<JsonObject>(
            (config, override) => mergePatch(config, override) as JsonObject,
            tool.config,
          ),
          sources: [
            ...(agent?.enabled ? (["agent"] as const) : []),
            ...(team?.enabled ? (["team"] as const) : []),
            ...(listed.has(tool.id) ? (["session"] as const) : []),
          ],
        },
      ];
    })
    .sort((a, b) => compare(a.name, b.name) || compare(a.tool_id, b.tool_id));
}

// By code unit, since a locale would order the same tools differently on another server.
function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
