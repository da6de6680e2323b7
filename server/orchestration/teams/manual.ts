import type { TeamType } from "../types.ts";

/** A coordinator's bot or a person gives each turn by turn.grant. */
export const manual: TeamType = {
  check: () => [],
  begin: () => ({ kind: "wait", state: null }),
  after: () => ({ kind: "wait", state: null }),
};
