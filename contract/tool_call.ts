import * as z from "zod";

const agent = z.string().min(1).max(200).describe("The member's name or agent_id");

/** Asks one member or several to do something and report. */
const Delegation = z.strictObject({ agent, task: z.string().max(100_000).optional() });

/**
 * The tool calls that mean something to the team's own rules; those of any other name are the
 * business of whoever makes and answers them.
 */
export const toolCalls = {
  delegate: z.looseObject({
    name: z.literal("delegate"),
    // A list from here on; a plain union would not say which field of which ask is wrong.
    arguments: z.preprocess(
      (asked) => (Array.isArray(asked) ? asked : [asked]),
      z.array(Delegation).min(1).max(100),
    ),
    parallel: z.boolean().optional().describe("All at once rather than one after the other"),
  }),
  handoff: z.looseObject({
    name: z.literal("handoff"),
    arguments: z.strictObject({ agent }),
  }),
  stop: z.looseObject({ name: z.literal("stop") }),
} as const;
