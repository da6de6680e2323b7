import { isPerson } from "./person.ts";
import { mayPost, type Standing } from "./session.ts";

/** Whether the actor may remark beside the conversation: people who may post can. */
export function mayComment(access: Pick<Standing, "identity" | "role">): boolean {
  return isPerson(access.identity) && mayPost(access);
}
