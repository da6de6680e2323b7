import { CommandError } from "../../contract/errors.ts";
import { Turn } from "../../models/index.ts";
import type { Actions } from "./action.ts";
import { given } from "./given.ts";
import { page } from "./page.ts";
import { assertMayAnswer, effectOf, enterRoom } from "./room.ts";
import { assertMayDirect } from "./run.ts";
import { findSession } from "./session_access.ts";
import { listWaiting } from "./waiting_turns.ts";

export const turnActions = {
  "me.list_turns": {
    kind: "query",
    run: (actor, input) => listWaiting(actor, input),
  },

  "turn.list": {
    kind: "query",
    async run(actor, { session_id, run_id, agent_id, status, ...input }) {
      await findSession(actor, session_id);
      return page(Turn, { session_id, ...given({ run_id, agent_id, status }) }, input);
    },
  },

  "turn.pass": {
    kind: "change",
    async run(context, { session_id, turn_id }) {
      const access = await enterRoom(context, session_id);
      const { effects } = await context.move(session_id, (room) => {
        const turn = room.turns.find(({ id }) => id === turn_id);
        if (!turn) throw new CommandError("conflict", "This turn is not open (any more)");
        assertMayAnswer(access, turn.agent_id, room, "You may not speak as this turn's agent");
        return { kind: "pass", turn_id };
      });
      return effectOf(effects, "turn.closed").turn;
    },
  },

  "turn.grant": {
    kind: "change",
    async run(context, { session_id, agent_id, task = null }) {
      const access = await enterRoom(context, session_id);
      const { effects } = await context.move(session_id, (room) => {
        assertMayDirect(access, room);
        return { kind: "grant", agent_id, task };
      });
      return effectOf(effects, "turn.opened").turn;
    },
  },
} satisfies Partial<Actions>;
