import { sqlIn } from "../database/sql.ts";
import { answerableBy } from "../orchestration/members.ts";
import type { Effect, Room } from "../orchestration/room.ts";
import { maySpeakAs } from "../policies/message.ts";
import { isPerson } from "../policies/person.ts";
import type { Access } from "../stream/access.ts";
import { findProxyAgents } from "../stream/proxy_agent.ts";
import type { ChangeContext } from "./action.ts";
import { authorize } from "./authorize.ts";
import { assertMayPost } from "./posting.ts";
import { lockSession } from "./session_access.ts";

/**
 * Holds a session in whose room a command is to do something.
 * @returns what the actor may do there, with the agent a person speaks through
 * @throws CommandError not_found, forbidden, session_closed
 */
export async function enterRoom(
  { actor, transaction }: ChangeContext,
  session_id: string,
): Promise<Access> {
  const { access } = await lockSession(actor, session_id, transaction);
  assertMayPost(access);
  if (actor.agent_id !== null) return access;
  const proxies = await findProxyAgents([actor.user_id], sqlIn(transaction));
  return { ...access, proxy_agent_id: proxies.get(actor.user_id) ?? null };
}

/**
 * Refuses who may not answer for an agent in a room.
 * @param rule who may, as a sentence for the person who may not
 * @throws CommandError forbidden
 */
export function assertMayAnswer(access: Access, agent_id: string, room: Room, rule: string): void {
  const { identity } = access;
  const lent = isPerson(identity) ? answerableBy(room, identity.user_id) : [];
  authorize(maySpeakAs(access, agent_id) || lent.includes(agent_id), rule);
}

type EffectOf<Kind, One = Effect> = One extends { kind: infer Own }
  ? Kind extends Own
    ? One
    : never
  : never;

/**
 * Finds what a command did to a room.
 * @param effects of which one at least is of this kind
 * @returns the first of this kind
 */
export function effectOf<const Kind extends Effect["kind"]>(
  effects: readonly Effect[],
  kind: Kind,
): EffectOf<Kind> {
  return effects.find((effect) => effect.kind === kind) as EffectOf<Kind>;
}
