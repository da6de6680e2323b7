import { Comment } from "../../models/index.ts";
import { mayComment } from "../policies/comment.ts";
import type { Actions } from "./action.ts";
import { authorize } from "./authorize.ts";
import { page } from "./page.ts";
import { findSession } from "./session_access.ts";

export const commentActions = {
  "comment.post": {
    kind: "post",
    draft(access, { session_id, content, id }) {
      authorize(mayComment(access.identity), "A bot speaks by messages; comments come from people");
      return { kind: "comment", session_id, content, user_id: access.identity.user_id, id };
    },
  },

  "comment.list": {
    kind: "query",
    async run(actor, { session_id, ...input }) {
      await findSession(actor, session_id);
      const { data, next } = await page(Comment, { session_id }, input, "seq");
      return { data: data.map((row) => ({ kind: "comment", ...row })), next };
    },
  },
} satisfies Partial<Actions>;
