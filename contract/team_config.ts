import * as z from "zod";
import { issuesAt } from "./errors.ts";
import { Expression } from "./expression.ts";
import { id } from "./field.ts";
import { readCondition } from "./termination.ts";

const milliseconds = z.int().min(1).max(31_536_000_000);
const limit = z.int().min(1).max(1_000_000);
const agent = z.string().min(1).max(200).describe("A member's name or agent_id");

const Edge = z.strictObject({
  from: agent,
  to: agent,
  condition: z
    .union([z.string().min(1).max(10_000), Expression], "must be a text, or a JSON Logic rule")
    .optional()
    .describe("A text that the answer must contain, or JSON Logic over { content, source }"),
});

/**
 * How a team works, beside its type. Keys that are not named here are the user's own.
 */
export const TeamConfig = z.looseObject({
  floor: z
    .enum(["strict", "open"])
    .optional()
    .describe("Whether members may speak without a turn (open); strict unless told"),
  turn_timeout_ms: milliseconds.optional().describe("For members who are no people"),
  members: z
    .record(
      agent,
      z.strictObject({
        turn_timeout_ms: milliseconds.optional(),
        answerable_by: z
          .array(id)
          .max(1000)
          .optional()
          .describe("Users who may answer for it, if it is an agent of the team's owner"),
      }),
    )
    .optional(),
  on_timeout: z
    .union(
      [z.enum(["skip", "stop"]), z.strictObject({ retry: z.int().min(1).max(1000) })],
      "must be skip, stop, or { retry: how often }",
    )
    .optional(),
  on_prompt: z.enum(["steer", "queue", "interrupt"]).optional(),
  max_turns: limit.optional().describe("Beside the termination condition"),
  leader: agent
    .optional()
    .describe("hierarchical: who speaks first; else the member whose role is leader"),
  reports_to: z.record(agent, agent).optional().describe("hierarchical: member → manager"),
  rounds: limit.optional().describe("broadcast: 1 unless told"),
  strategy: z.enum(["selector", "swarm", "graph", "manual"]).optional(),
  allow_repeated_speaker: z.boolean().optional().describe("selector"),
  candidates: z.array(agent).min(1).max(1000).optional().describe("selector: who may be chosen"),
  expression: Expression.optional().describe(
    "selector: names who speaks next, from { last, task, turns, candidates }",
  ),
  edges: z.array(Edge).max(500).optional().describe("graph"),
  entry: agent
    .optional()
    .describe("graph: where it starts; else every member without an edge to it"),
  join: z
    .record(agent, z.enum(["all", "any"]))
    .optional()
    .describe("graph: wait for all edges to a member (unless told), or for any"),
  max_rounds: limit.optional().describe("graph: how often one member may speak in a run"),
  coordinator: agent.optional().describe("manual: whose bot gives the turns, beside people"),
});
export type TeamConfig = z.infer<typeof TeamConfig>;

/** What of a team says how it works. */
interface Rules {
  readonly type: "round_robin" | "hierarchical" | "broadcast" | "custom";
  readonly config: unknown;
  readonly termination_condition_type: Parameters<typeof readCondition>[0];
  readonly termination_condition_config: unknown;
}

/**
 * Checks how a team is to work, as far as that can be said without knowing its members.
 * @returns what is wrong, with the place; none if all is well
 */
export function checkTeam(team: Rules): { path: string; message: string }[] {
  const config = TeamConfig.safeParse(team.config);
  const condition = readCondition(
    team.termination_condition_type,
    team.termination_condition_config,
  );
  const issues = [
    ...issuesAt("config", config.error),
    ...issuesAt("termination_condition_config", condition.error),
  ];
  if (team.termination_condition_type === null && team.termination_condition_config != null) {
    const message = "is not said, so that what termination_condition_config says would be nothing";
    issues.push({ path: "termination_condition_type", message });
  }
  if (!config.success || !condition.success) return issues;
  const { reports_to = {}, leader, strategy, edges = [], max_rounds, max_turns } = config.data;
  const loops = loopedBy(Object.entries(reports_to));
  for (const member of Object.keys(reports_to)) {
    const path = `config.reports_to.${member}`;
    if (loops.has(member))
      issues.push({ path, message: `${member} would report to itself in the end` });
    if (member === leader) issues.push({ path, message: "the leader reports to nobody" });
  }
  const heads = new Set(Object.values(reports_to).filter((one) => reports_to[one] === undefined));
  if (leader !== undefined) heads.add(leader);
  if (heads.size > 1) {
    const message = `${[...heads].join(" and ")} report to nobody, and a team has one leader`;
    issues.push({ path: "config.reports_to", message });
  }
  if (strategy !== undefined && team.type !== "custom") {
    issues.push({ path: "config.strategy", message: "only a team of type custom has a strategy" });
  }
  if (strategy === "graph") {
    if (edges.length === 0) issues.push({ path: "config.edges", message: "a graph needs edges" });
    const looped = loopedBy(edges.map(({ from, to }) => [from, to] as const)).size > 0;
    if (looped && !condition.data && max_rounds === undefined && max_turns === undefined) {
      const message = "a graph with a loop needs a termination condition, max_rounds or max_turns";
      issues.push({ path: "config.edges", message });
    }
  }
  return issues;
}

/**
 * Finds what a loop holds: takes away whom no arrow points to, until nobody is left to take away
 * (Kahn 1962, doi:10.1145/368996.369025).
 * @param arrows each from whom to whom
 * @returns everybody in a loop, and whom a loop points to
 */
function loopedBy(arrows: readonly (readonly [string, string])[]): Set<string> {
  const next = new Map<string, string[]>();
  const incoming = new Map<string, number>();
  for (const [from, to] of arrows) {
    const ahead = next.get(from);
    if (ahead) ahead.push(to);
    else next.set(from, [to]);
    incoming.set(from, incoming.get(from) ?? 0);
    incoming.set(to, (incoming.get(to) ?? 0) + 1);
  }
  const free = [...incoming.keys()].filter((one) => incoming.get(one) === 0);
  for (let one = free.pop(); one !== undefined; one = free.pop()) {
    incoming.delete(one);
    for (const to of next.get(one) ?? []) {
      const left = incoming.get(to)! - 1;
      incoming.set(to, left);
      if (left === 0) free.push(to);
    }
  }
  return new Set(incoming.keys());
}
