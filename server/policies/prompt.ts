import { isPerson } from "./person.ts";
import { mayPost, type Standing } from "./session.ts";

/** Whether the actor may give the session's agents a task: people who may post can. */
export function mayPrompt(access: Pick<Standing, "identity" | "role">): boolean {
  return isPerson(access.identity) && mayPost(access);
}
