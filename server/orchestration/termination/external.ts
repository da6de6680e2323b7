import type { ConditionKind } from "./kind.ts";

/** AutoGen's ExternalTermination: somebody outside wants the end; see setExternal. */
export const external: ConditionKind<"external"> = {
  start: () => false,
  look: (_, state) => ({ state, reason: state === true ? "External termination requested" : null }),
};
