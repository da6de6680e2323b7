import { CommandError } from "../../contract/errors.ts";
import { Message } from "../../models/index.ts";
import { maySpeakAs } from "../policies/message.ts";
import type { Actions } from "./action.ts";
import { authorize } from "./authorize.ts";
import { listEntries } from "./list_entries.ts";

export const messageActions = {
  "message.post": {
    kind: "post",
    draft(access, { session_id, content, tool_call = null, sender_agent_id, id }) {
      const speaker =
        sender_agent_id ?? access.identity.agent_id ?? access.proxy_agent_id ?? undefined;
      if (speaker === undefined) {
        throw new CommandError("forbidden", "You have no agent to speak through in this session");
      }
      authorize(maySpeakAs(access, speaker), "You may not speak as this agent in this session");
      return {
        kind: "message",
        session_id,
        sender_agent_id: speaker,
        content,
        tool_call,
        id,
      };
    },
  },

  "message.list": {
    kind: "query",
    run: (actor, input) => listEntries(Message, "message", actor, input),
  },
} satisfies Partial<Actions>;
