import { Prompt } from "../../models/index.ts";
import { mayPrompt } from "../policies/prompt.ts";
import type { Actions } from "./action.ts";
import { authorize } from "./authorize.ts";
import { listEntries } from "./list_entries.ts";

export const promptActions = {
  "prompt.post": {
    kind: "post",
    draft(access, { session_id, content, id }) {
      authorize(mayPrompt(access.identity), "A bot speaks by messages; prompts come from people");
      return { kind: "prompt", session_id, content, created_by: access.identity.user_id, id };
    },
  },

  "prompt.list": {
    kind: "query",
    run: (actor, input) => listEntries(Prompt, "prompt", actor, input),
  },
} satisfies Partial<Actions>;
