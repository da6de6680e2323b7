import { type ConditionKind, met } from "./kind.ts";

/** AutoGen's ExternalTermination: run.stop ends the run, and gives this as its code. */
export const external: ConditionKind<"external"> = {
  look: () => met(null),
};
