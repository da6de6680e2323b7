import type { Comment } from "../../contract/comment.ts";
import type { LogEntry } from "../../contract/log_entry.ts";
import type { Message } from "../../contract/message.ts";
import type { Prompt } from "../../contract/prompt.ts";

type Unwritten<Row> = Omit<Row, "id" | "seq" | "created_at"> & { id?: string | undefined };

/** An entry before append gives it its number, its time and, if the client chose none, its id. */
export type Draft =
  | Unwritten<Message>
  | Unwritten<Prompt>
  | Unwritten<Comment>
  | Unwritten<LogEntry>;

/**
 * A log entry by which the server records what happened beside the four kinds.
 * @param session_id the session it happened in
 * @param event the name it is found by, such as `member.added`
 * @param message one sentence for a person
 * @param about further fields of `data`, and whom the entry is about
 */
export function eventDraft(
  session_id: string,
  event: string,
  message: string,
  about: {
    type?: "action" | "decision";
    user_id?: string | null;
    agent_id?: string | null;
    team_id?: string | null;
    data?: LogEntry["data"];
  } = {},
): Draft {
  return {
    kind: "log_entry",
    session_id,
    type: about.type ?? "action",
    message,
    user_id: about.user_id ?? null,
    agent_id: about.agent_id ?? null,
    team_id: about.team_id ?? null,
    data: { event, ...about.data },
  };
}
