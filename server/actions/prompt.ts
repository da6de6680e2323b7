import { Prompt } from "../../models/index.ts";
import { mayPrompt } from "../policies/prompt.ts";
import type { Actions } from "./action.ts";
import { authorize } from "./authorize.ts";
import { page } from "./page.ts";
import { findSession } from "./session_access.ts";

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
    async run(actor, { session_id, ...input }) {
      await findSession(actor, session_id);
      const { data, next } = await page(Prompt, { session_id }, input, "seq");
      return { data: data.map((row) => ({ kind: "prompt", ...row })), next };
    },
  },
} satisfies Partial<Actions>;
