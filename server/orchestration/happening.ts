import type { Comment } from "../../contract/comment.ts";
import { Cost, type LogEntry, TokenUsage } from "../../contract/log_entry.ts";
import type { Message } from "../../contract/message.ts";
import type { Prompt } from "../../contract/prompt.ts";
import type { Happening, Room } from "./room.ts";

/** An entry that has its id, but no number yet. */
export type Unnumbered =
  | Omit<Message, "seq" | "created_at">
  | Omit<Prompt, "seq" | "created_at">
  | Omit<Comment, "seq" | "created_at">
  | Omit<LogEntry, "seq" | "created_at">;

/**
 * Reads what an entry means to the room it comes into.
 * @returns null if it means nothing, such as a comment
 */
export function happeningOf(entry: Unnumbered, { plan, run }: Room): Happening | null {
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
          run_id,
        } = TokenUsage.parse(entry.data);
        if (isOfAnother(run_id, run)) return null;
        // The buckets are disjoint: what was read or written is a prompt, what was thought an answer.
        const prompt = input + cached_input + cache_write;
        return {
          kind: "used",
          happened: { kind: "usage", prompt, completion: output + reasoning },
        };
      }
      if (entry.type === "cost") {
        const { amount, currency, run_id } = Cost.parse(entry.data);
        if (isOfAnother(run_id, run)) return null;
        return { kind: "used", happened: { kind: "cost", amount, currency } };
      }
      return null;
    case "comment":
      return null;
  }
}

/** Whether somebody says late what an earlier run used. */
const isOfAnother = (run_id: string | undefined, run: Room["run"]) =>
  run_id !== undefined && run_id !== run?.id;
