import { CommandError } from "../../contract/errors.ts";
import { AccessToken, Agent, User } from "../../models/index.ts";
import {
  mayBindToken,
  mayCreateToken,
  mayListTokens,
  mayRevokeToken,
} from "../policies/access_token.ts";
import { isPerson } from "../policies/person.ts";
import type { Actions } from "./action.ts";
import { authorize } from "./authorize.ts";
import { page } from "./page.ts";
import { makeToken } from "./token_secret.ts";
import { findVisible } from "./visible.ts";
import { type Wire, wire } from "./wire.ts";

export const accessTokenActions = {
  "token.create": {
    kind: "change",
    async run({ actor, transaction }, input) {
      const user_id = input.user_id ?? actor.user_id;
      authorize(
        mayCreateToken(actor, user_id),
        "People make tokens for themselves; only an admin makes them for others, and a bot none",
      );
      if (!(await User.findByPk(user_id, { transaction }))) {
        throw new CommandError("not_found", `There is no user ${user_id}`);
      }
      if (input.agent_id !== undefined) {
        // Through the eyes of the token's user, whom an admin acts for here.
        const owner = { user_id, agent_id: null };
        const agent = await findVisible(Agent, owner, input.agent_id, { transaction });
        authorize(mayBindToken(user_id, agent), "A token can speak as an agent of its user only");
      }
      const { token, token_hash } = makeToken();
      const row = await AccessToken.create(
        {
          user_id,
          agent_id: input.agent_id ?? null,
          name: input.name,
          token_hash,
          scope: input.scope ?? "write",
          expires_at: input.expires_at ? inFuture(input.expires_at) : null,
        },
        { transaction },
      );
      return { ...withoutHash(wire(row)), token };
    },
  },

  "token.list": {
    kind: "query",
    async run(actor, input) {
      authorize(mayListTokens(actor), "A bot cannot see tokens");
      const { data, next } = await page(AccessToken, { user_id: actor.user_id }, input);
      return { data: data.map(withoutHash), next };
    },
  },

  "token.revoke": {
    kind: "change",
    async run({ actor, transaction, revoke }, { token_id }) {
      authorize(isPerson(actor), "A bot cannot revoke tokens");
      const row = await AccessToken.findByPk(token_id, { transaction, lock: true });
      // Who may see a token is who may end it.
      if (!row || !mayRevokeToken(actor, row)) {
        throw new CommandError("not_found", `There is no token ${token_id} for you`);
      }
      if (row.revoked_at === null) await row.update({ revoked_at: new Date() }, { transaction });
      await revoke({ token_id });
      return withoutHash(wire(row));
    },
  },
} satisfies Partial<Actions>;

function inFuture(expires_at: string): Date {
  const date = new Date(expires_at);
  if (date.getTime() > Date.now()) return date;
  throw new CommandError("invalid_input", "The token would have expired before it was made", {
    details: [{ path: "expires_at", message: "must be in the future" }],
  });
}

function withoutHash({ token_hash, ...row }: Wire<AccessToken["_attributes"]>) {
  return row;
}
