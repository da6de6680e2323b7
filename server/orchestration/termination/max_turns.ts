import { type ConditionKind, met } from "./kind.ts";

/** The limit of AutoGen's group chats, which gives way to any condition met on the same turn. */
export const maxTurns: ConditionKind<"max_turns"> = {
  look: ({ max_turns }, _, { turns }) =>
    met(turns >= max_turns ? `Maximum number of turns ${max_turns} reached.` : null),
};
