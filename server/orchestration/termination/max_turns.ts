import type { ConditionKind } from "./kind.ts";

/** The limit of AutoGen's group chats, which gives way to any condition met on the same turn. */
export const maxTurns: ConditionKind<"max_turns"> = {
  look({ max_turns }, state, { turns }) {
    const reason = `Maximum number of turns ${max_turns} reached.`;
    return { state, reason: turns >= max_turns ? reason : null };
  },
};
