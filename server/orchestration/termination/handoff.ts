import { handoffOf } from "../tool_call.ts";
import { metBySaying } from "./kind.ts";

/** AutoGen's HandoffTermination: somebody hands the turn to this target. */
export const handoff = metBySaying<"handoff">(({ target }, said) =>
  handoffOf(said) === target ? `Handoff to ${target} from ${said.source} detected.` : null,
);
