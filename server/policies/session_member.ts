import { isThePerson } from "./person.ts";
import { mayChangeSession, type Standing } from "./session.ts";

type Asker = Pick<Standing, "identity" | "role">;

/** Whether the actor may let people in and change their roles. */
export function mayAddMember(access: Asker): boolean {
  return mayChangeSession(access);
}

/** Whether the actor may take this user out: the session's owner may, and members may leave. */
export function mayRemoveMember(access: Asker, user_id: string): boolean {
  return mayChangeSession(access) || isThePerson(access.identity, user_id);
}
