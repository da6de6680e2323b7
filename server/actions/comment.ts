import { Comment } from "../../models/index.ts";
import { mayComment } from "../policies/comment.ts";
import type { Actions } from "./action.ts";
import { authorize } from "./authorize.ts";
import { listEntries } from "./list_entries.ts";

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
    run: (actor, input) => listEntries(Comment, "comment", actor, input),
  },
} satisfies Partial<Actions>;
