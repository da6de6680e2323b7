import * as z from "zod";
import { Expression } from "./expression.ts";
import { id } from "./field.ts";

const milliseconds = z.int().min(1).max(31_536_000_000);
const limit = z.int().min(1).max(1_000_000);
const agent = z.string().min(1).max(200).describe("A member's name or agent_id");

const Edge = z.strictObject({
  from: agent,
  to: agent,
  condition: z
    .union([z.string().min(1).max(10_000), Expression])
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
        answerable_by: z.array(id).max(1000).optional().describe("Users who may answer for it"),
      }),
    )
    .optional(),
  on_timeout: z
    .union([z.enum(["skip", "stop"]), z.strictObject({ retry: z.int().min(1).max(1000) })])
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
  edges: z.array(Edge).max(10_000).optional().describe("graph"),
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
