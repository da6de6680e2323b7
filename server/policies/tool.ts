import type { Identity, Tool } from "../../models/index.ts";
import { isPerson, isThePerson } from "./person.ts";

/** Whether the actor may make a tool. */
export function mayCreateTool(actor: Identity): boolean {
  return isPerson(actor);
}

/** Whether the actor may change and delete this tool: its maker may. */
export function mayChangeTool(actor: Identity, tool: Pick<Tool, "created_by">): boolean {
  return isThePerson(actor, tool.created_by);
}
