import type { Entry } from "../../contract/entry.ts";
import { Cost, TokenUsage } from "../../contract/log_entry.ts";
import type { Happening, Room } from "./room.ts";

/**
 * Reads what an entry means to the room it comes into.
 * @returns null if it means nothing, such as a comment
 */
export function happeningOf(entry: Entry, { plan, run }: Room): Happening | null {
  switch (entry.kind) {
    case "prompt": {
      const said = { source: "user", agent_id: null, content: entry.content, tool_call: null };
      return { kind: "prompt", id: entry.id, said };
    }
    case "message": {
      const { id, sender_agent_id: agent_id, content, tool_call } = entry;
      const members = run && run.status !== "stopped" ? run.plan.members : plan.members;
      const source = members.find((member) => member.agent_id === agent_id)?.name ?? agent_id;
      return { kind: "message", id, agent_id, said: { source, agent_id, content, tool_call } };
    }
    case "log_entry":
      if (entry.type === "token_usage") {
        const {
          input,
          output,
          cached_input = 0,
          cache_write = 0,
          reasoning = 0,
        } = TokenUsage.parse(entry.data);
        // The buckets are disjoint: what was read or written is a prompt, what was thought an answer.
        const prompt = input + cached_input + cache_write;
        return {
          kind: "used",
          happened: { kind: "usage", prompt, completion: output + reasoning },
        };
      }
      if (entry.type === "cost") {
        const { amount, currency } = Cost.parse(entry.data);
        return { kind: "used", happened: { kind: "cost", amount, currency } };
      }
      return null;
    case "comment":
      return null;
  }
}
