import { readAnswer } from "../stream/read.ts";
import type { Actions } from "./action.ts";
import { assertReached, findSession } from "./session_access.ts";

const DEFAULT_LIMIT = 200;

export const entryActions = {
  "stream.read": {
    kind: "query",
    async run(actor, { session_id, after = 0, limit = DEFAULT_LIMIT }) {
      const { session } = await findSession(actor, session_id);
      const { head_seq } = session;
      assertReached(session, after);
      // None beyond the head that was read before the rights: since then they may have ended.
      const entries = await readAnswer(session_id, after, Math.min(limit, head_seq - after));
      const last = entries.at(-1)?.seq ?? after;
      return { entries, head_seq, has_more: last < head_seq };
    },
  },
} satisfies Partial<Actions>;
