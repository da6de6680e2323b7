import type { Transaction } from "sequelize";
import { CommandError } from "../../contract/errors.ts";
import { User } from "../../models/index.ts";
import { mayFindUsers, mayManageUsers, mayUpdateMe } from "../policies/user.ts";
import type { Actions, Actor } from "./action.ts";
import { authorize } from "./authorize.ts";
import { given } from "./given.ts";
import { page } from "./page.ts";
import { wire } from "./wire.ts";

const onlyAdmins = "Only an admin, not a bot, manages the people of this instance";

export const userActions = {
  "me.get": {
    kind: "query",
    async run(actor) {
      return me(actor, await findMe(actor, null));
    },
  },

  "me.update": {
    kind: "change",
    async run({ actor, transaction }, input) {
      authorize(mayUpdateMe(actor), "A bot cannot change the person it belongs to");
      const user = await findMe(actor, transaction);
      await user.update(given(input), { transaction });
      return me(actor, user);
    },
  },

  "user.create": {
    kind: "change",
    async run({ actor, transaction }, input) {
      authorize(mayManageUsers(actor), onlyAdmins);
      return wire(await User.create(given(input), { transaction }));
    },
  },

  "user.find": {
    kind: "query",
    async run(actor, { email }) {
      authorize(mayFindUsers(actor), "A bot cannot look for people");
      const user = await User.findOne({
        attributes: ["id", "name", "avatar_url"],
        where: { email },
      });
      if (user) return user.get();
      throw new CommandError("not_found", "There is nobody with this address");
    },
  },

  "user.list": {
    kind: "query",
    async run(actor, input) {
      authorize(mayManageUsers(actor), onlyAdmins);
      return page(User, {}, input);
    },
  },
} satisfies Partial<Actions>;

async function findMe(actor: Actor, transaction: Transaction | null): Promise<User> {
  const user = await User.findByPk(actor.user_id, { transaction });
  // A token or a JWT may outlive its user by a moment.
  if (!user) throw new CommandError("unauthenticated", "This token's user does not exist any more");
  return user;
}

function me(actor: Actor, user: User) {
  return { ...wire(user), agent_id: actor.agent_id, scope: actor.scope };
}
