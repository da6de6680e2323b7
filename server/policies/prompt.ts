import type { Identity } from "../../models/index.ts";
import { isPerson } from "./person.ts";

/** Whether the actor, if it may post at all, may give the session's agents a task: people may. */
export function mayPrompt(actor: Identity): boolean {
  return isPerson(actor);
}
