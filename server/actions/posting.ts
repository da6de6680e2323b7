import { CommandError } from "../../contract/errors.ts";
import { isOpen, mayPost } from "../policies/session.ts";
import type { Access } from "../stream/access.ts";
import { authorize } from "./authorize.ts";

/**
 * What holds for every post: the actor is no observer, and the session is open.
 * @throws CommandError forbidden, session_closed
 */
export function assertMayPost(access: Access): void {
  authorize(mayPost(access), "An observer reads a session, and cannot add to it");
  if (!isOpen(access.session)) {
    throw new CommandError("session_closed", "The session is archived and accepts nothing");
  }
}
