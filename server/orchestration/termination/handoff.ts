import { handoffOf } from "../tool_call.ts";
import { type ConditionKind, met, saidIn } from "./kind.ts";

/** AutoGen's HandoffTermination: somebody hands the turn to this target. */
export const handoff: ConditionKind<"handoff"> = {
  look({ target }, _, news) {
    const said = saidIn(news).find((one) => handoffOf(one) === target);
    return met(said && `Handoff to ${target} from ${said.source} detected.`);
  },
};
