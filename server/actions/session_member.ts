import { CommandError } from "../../contract/errors.ts";
import { SessionMember, User } from "../../models/index.ts";
import { mayAddMember, mayRemoveMember } from "../policies/session_member.ts";
import { eventDraft } from "../stream/draft.ts";
import type { Actions } from "./action.ts";
import { authorize } from "./authorize.ts";
import { page } from "./page.ts";
import { findSession, lockSession } from "./session_access.ts";
import { wire } from "./wire.ts";

export const sessionMemberActions = {
  "session.add_member": {
    kind: "change",
    async run({ actor, transaction, append, revoke }, { session_id, user_id, role }) {
      const { access } = await lockSession(actor, session_id, transaction);
      authorize(mayAddMember(access), "Only its owner may let people into a session");
      const user = await User.findByPk(user_id, { transaction });
      if (!user) throw new CommandError("not_found", `There is no user ${user_id}`);
      // The whole row, so that whoever applies the stream to a snapshot has what a new one shows.
      const record = (event: string, message: string, member: SessionMember) =>
        append(eventDraft(session_id, event, message, { user_id, data: wire(member) }));

      const member = await SessionMember.findOne({ where: { session_id, user_id }, transaction });
      if (!member) {
        const row = { session_id, user_id, role: role ?? "participant" };
        const added = await SessionMember.create(row, { transaction });
        await record("member.added", `${user.name} joined as ${row.role}`, added);
        await revoke({ session_ids: [session_id] });
        return wire(added);
      }
      if (role === undefined || role === member.role) return wire(member);
      if (member.role === "owner") {
        throw new CommandError("conflict", "The owner of a session cannot get another role in it");
      }
      await member.update({ role }, { transaction });
      await record("member.changed", `${user.name} is ${role} now`, member);
      await revoke({ session_ids: [session_id] });
      return wire(member);
    },
  },

  "session.remove_member": {
    kind: "change",
    async run({ actor, transaction, append, revoke }, { session_id, user_id }) {
      const { access } = await lockSession(actor, session_id, transaction);
      authorize(
        mayRemoveMember(access, user_id),
        "Only its owner may take other people out of a session",
      );
      const where = { session_id, user_id };
      const member = await SessionMember.findOne({ where, transaction });
      if (!member)
        throw new CommandError("not_found", "This person is not a member of the session");
      if (member.role === "owner") {
        throw new CommandError("conflict", "The owner of a session cannot leave it");
      }
      await member.destroy({ transaction });
      const user = await User.findByPk(user_id, { transaction });
      const about = { user_id, data: { user_id } };
      await append(eventDraft(session_id, "member.removed", `${user!.name} left`, about));
      await revoke({ session_ids: [session_id] });
      return {};
    },
  },

  "session.list_members": {
    kind: "query",
    async run(actor, { session_id, ...input }) {
      await findSession(actor, session_id);
      return page(SessionMember, { session_id }, input);
    },
  },
} satisfies Partial<Actions>;
