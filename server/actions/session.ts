import { isDeepStrictEqual } from "node:util";
import { Op, type Transaction } from "sequelize";
import type { Input } from "../../contract/commands.ts";
import {
  Agent,
  Decision,
  Run,
  Session,
  SessionMember,
  Team,
  TeamAgent,
  Tool,
} from "../../models/index.ts";
import { mayChangeSession, mayCreateSession } from "../policies/session.ts";
import { eventDraft } from "../stream/draft.ts";
import type { Actions, Actor, ChangeContext } from "./action.ts";
import { authorize } from "./authorize.ts";
import { given } from "./given.ts";
import { page, readPage } from "./page.ts";
import { assertReached, findSession, findSnapshot, lockSession } from "./session_access.ts";
import { toolsOfAgents } from "./tools_of_agents.ts";
import { findAllVisible, findVisible, visible } from "./visible.ts";
import { wire } from "./wire.ts";

/** Agents whose tools are read at a time, since each may have a thousand of a session's. */
const AGENTS_AT_ONCE = 16;

export const sessionActions = {
  "session.create": {
    kind: "change",
    async run({ actor, transaction }, input) {
      authorize(mayCreateSession(actor), "A bot cannot open sessions");
      if (input.team_id) await findVisible(Team, actor, input.team_id, { transaction });
      await holdReferred(actor, input.agent_ids ?? [], input.tool_ids ?? [], transaction);
      const row = { ...given(withoutRepeats(input)), created_by: actor.user_id };
      const session = await Session.create(row, { transaction });
      await SessionMember.create(
        { session_id: session.id, user_id: actor.user_id, role: "owner" },
        { transaction },
      );
      return wire(session);
    },
  },

  "session.list": {
    kind: "query",
    run: (actor, { search, status, ...input }) => {
      const titled = search && { title: { [Op.iLike]: `%${search.replace(/[\\%_]/g, "\\$&")}%` } };
      return page(visible(Session, actor), { ...titled, ...given({ status }) }, input);
    },
  },

  "session.get": {
    kind: "query",
    async run(actor, { session_id }) {
      return wire((await findSession(actor, session_id)).session);
    },
  },

  "session.update": {
    kind: "change",
    async run({ actor, transaction, append, move, revoke }, { session_id, ...input }) {
      const { session, access } = await lockSession(actor, session_id, transaction);
      authorize(mayChangeSession(access), "Only its owner may change a session");
      const changes = differing(given(withoutRepeats(input)), session);
      const names = Object.keys(changes);
      if (names.length === 0) return wire(session);

      const agent_ids = without(changes.agent_ids ?? [], session.agent_ids ?? []);
      const tool_ids = without(changes.tool_ids ?? [], session.tool_ids ?? []);
      await holdReferred(actor, agent_ids, tool_ids, transaction);
      const leaves =
        changes.agent_ids !== undefined &&
        without(session.agent_ids ?? [], changes.agent_ids ?? []).length > 0;
      if (changes.status === "archived") await endAll(session_id, transaction, move);
      await session.update(changes, { transaction });
      const { updated_at } = wire(session);
      const about = { user_id: actor.user_id, data: { changes, updated_at } };
      const message = `The session's ${names.join(" and ")} changed`;
      const entry = await append(eventDraft(session_id, "session.updated", message, about));
      if (leaves) await revoke({ session_ids: [session_id] });
      // The row in memory was read before the entry moved its head on.
      return { ...wire(session), head_seq: entry.seq };
    },
  },

  "session.list_tools": {
    kind: "query",
    async run(actor, { session_id, ...input }) {
      const { session } = await findSession(actor, session_id);
      const { team_id } = session;
      const places = team_id ? await TeamAgent.findAll({ where: { team_id } }) : [];
      const inTeam = places.map((place) => place.agent_id);
      // Newest first, as every list: agents that come or go meanwhile leave the others in their places.
      const all = [...new Set([...(session.agent_ids ?? []), ...inTeam])].sort().reverse();
      const team = team_id ? { id: team_id, agent_ids: inTeam } : null;
      const read = async (after: string | number | null, count: number) => {
        const agent_ids = all.filter((id) => after === null || id < after).slice(0, count);
        const tools = await toolsOfAgents(actor, agent_ids, team, session.tool_ids ?? []);
        return [...tools].map(([agent_id, tools]) => ({ agent_id, tools }));
      };
      const list = { key: "id", atOnce: AGENTS_AT_ONCE, read } as const;
      return readPage({ ...list, placeOf: (row) => row.agent_id }, input);
    },
  },

  "session.join": {
    kind: "query",
    async run(actor, { session_id, after = 0 }) {
      const { session, access, members } = await findSnapshot(actor, session_id);
      assertReached(session, after);
      return {
        session: wire(session),
        head_seq: session.head_seq,
        role: access.role,
        agent_ids: [...access.agent_ids],
        members,
        presence: [],
      };
    },
  },
} satisfies Partial<Actions>;

/** An archived session accepts nothing, so nobody could answer in it any more. */
async function endAll(
  session_id: string,
  transaction: Transaction,
  move: ChangeContext["move"],
): Promise<void> {
  const runs = { session_id, status: ["active", "paused"] };
  const decisions = { session_id, status: "open" };
  const underWay =
    (await Run.count({ where: runs, transaction })) +
    (await Decision.count({ where: decisions, transaction }));
  if (underWay > 0) await move(session_id, () => ({ kind: "archive" }));
}

type Changes = Omit<Input<"session.update">, "session_id">;

/**
 * Makes sure that the actor may use these agents and tools, and that none is deleted before the
 * change ends: their ids in an array are no foreign keys.
 */
async function holdReferred(
  actor: Actor,
  agent_ids: readonly string[],
  tool_ids: readonly string[],
  transaction: Transaction,
): Promise<void> {
  const hold = { transaction, lock: transaction.LOCK.KEY_SHARE };
  if (agent_ids.length > 0) await findAllVisible(Agent, actor, agent_ids, hold);
  if (tool_ids.length > 0) await findAllVisible(Tool, actor, tool_ids, hold);
}

function withoutRepeats<Fields extends Pick<Changes, "agent_ids" | "tool_ids">>(
  fields: Fields,
): Fields {
  const agent_ids = fields.agent_ids && [...new Set(fields.agent_ids)];
  const tool_ids = fields.tool_ids && [...new Set(fields.tool_ids)];
  return { ...fields, agent_ids, tool_ids };
}

function without(ids: readonly string[], others: readonly string[]): string[] {
  const set = new Set(others);
  return ids.filter((id) => !set.has(id));
}

/** The fields that are not what the session has already. */
function differing<Fields extends object>(fields: Fields, session: Session): Partial<Fields> {
  const stored = session.get() as Record<string, unknown>;
  return Object.fromEntries(
    Object.entries(fields).filter(([name, value]) => !isDeepStrictEqual(value, stored[name])),
  ) as Partial<Fields>;
}
