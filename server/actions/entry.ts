import { readAnswer } from "../stream/read.ts";
import type { Actions } from "./action.ts";
import { findSession } from "./session_access.ts";

const DEFAULT_LIMIT = 200;

export const entryActions = {
  "stream.read": {
    kind: "query",
    async run(actor, { session_id, after = 0, limit = DEFAULT_LIMIT }) {
      const { session } = await findSession(actor, session_id);
      const entries = await readAnswer(session_id, after, limit);
      const last = entries.at(-1)?.seq ?? after;
      // Entries may have been added between the two reads.
      const head_seq = Math.max(session.head_seq, entries.at(-1)?.seq ?? 0);
      return { entries, head_seq, has_more: last < head_seq };
    },
  },
} satisfies Partial<Actions>;
