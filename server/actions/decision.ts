import type { Output } from "../../contract/commands.ts";
import { CommandError } from "../../contract/errors.ts";
import { ConsensusMechanism, Decision } from "../../models/index.ts";
import type { Effect, OpenDecision } from "../orchestration/room.ts";
import type { Mechanism } from "../orchestration/types.ts";
import { mayChangeSession } from "../policies/session.ts";
import type { Actions } from "./action.ts";
import { authorize } from "./authorize.ts";
import { given } from "./given.ts";
import { page } from "./page.ts";
import { assertMayAnswer, effectOf, enterRoom } from "./room.ts";
import { findSession } from "./session_access.ts";
import { wire } from "./wire.ts";

export const decisionActions = {
  "decision.open": {
    kind: "change",
    async run(context, { session_id, question, options, mechanism_id, deadline_ms = null }) {
      const { session } = await enterRoom(context, session_id);
      const { transaction } = context;
      const named = mechanism_id
        ? await ConsensusMechanism.findByPk(mechanism_id, { transaction })
        : null;
      const { effects } = await context.move(session_id, (room) => {
        const own = named?.team_id === session.team_id ? (wire(named!) as Mechanism) : null;
        const mechanism = mechanism_id ? own : room.plan.mechanism;
        if (!mechanism) throw new CommandError("conflict", "The team has no such mechanism");
        return { kind: "open_decision", question, options, mechanism, deadline_ms };
      });
      return decisionOf(effects);
    },
  },

  "decision.list": {
    kind: "query",
    async run(actor, { session_id, status, ...input }) {
      await findSession(actor, session_id);
      return page(Decision, { session_id, ...given({ status }) }, input) as Promise<
        Output<"decision.list">
      >;
    },
  },

  "decision.get": {
    kind: "query",
    async run(actor, { session_id, decision_id }) {
      await findSession(actor, session_id);
      const decision = await Decision.findOne({ where: { id: decision_id, session_id } });
      if (decision) return wire(decision) as Output<"decision.get">;
      throw new CommandError("not_found", `There is no decision ${decision_id} in this session`);
    },
  },

  "decision.close": {
    kind: "change",
    async run(context, { session_id, decision_id }) {
      const access = await enterRoom(context, session_id);
      authorize(mayChangeSession(access), "Only the session's owner may close a decision early");
      const { effects } = await context.move(session_id, () => ({
        kind: "close_decision",
        decision_id,
      }));
      return decisionOf(effects);
    },
  },

  "ballot.cast": {
    kind: "change",
    async run(context, { session_id, decision_id, choice, agent_id: named }) {
      const access = await enterRoom(context, session_id);
      const agent_id = named ?? access.identity.agent_id ?? access.proxy_agent_id;
      if (agent_id === null) throw new CommandError("forbidden", "You have no agent to vote with");
      const { effects } = await context.move(session_id, (room) => {
        assertMayAnswer(access, agent_id, room, "You may not vote as this agent");
        return { kind: "ballot", decision_id, agent_id, choice };
      });
      return effectOf(effects, "ballot.cast").ballot;
    },
  },
} satisfies Partial<Actions>;

/** The decision that the effects are about, as it is after the last of them. */
function decisionOf(effects: readonly Effect[]): Output<"decision.get"> {
  const last = effects.findLast((one) => "decision" in one) as { decision: OpenDecision };
  const { ballots: _, ...decision } = last.decision;
  return decision;
}
