import type { Identity } from "../../models/index.ts";
import { isPerson } from "./person.ts";

/** Whether the actor, if it may post at all, may remark beside the conversation: people may. */
export function mayComment(actor: Identity): boolean {
  return isPerson(actor);
}
