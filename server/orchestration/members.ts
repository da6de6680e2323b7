import type { Room } from "./room.ts";
import type { Member, Plan } from "./types.ts";

/** Those who take turns: every member who is no observer. */
export function speakersOf({ members }: Plan): Member[] {
  return members.filter(({ role_in_team }) => role_in_team !== "observer");
}

/**
 * Finds whom a config or a tool call means.
 * @param name a member's agent_id or name
 * @returns undefined for somebody who takes no turns in this team, and for a name that several have: its owner
 *   may call an agent as another is called, to be taken for it
 */
export function speakerNamed(plan: Plan, name: string | undefined): Member | undefined {
  const speakers = speakersOf(plan);
  const [named, another] = speakers.filter((member) => member.name === name);
  return speakers.find(({ agent_id }) => agent_id === name) ?? (another ? undefined : named);
}

/**
 * Agents for whom the team of the newest run lets this user answer, when they have the turn.
 * @returns agent ids
 */
export function lentTo({ run }: Room, user_id: string): string[] {
  const plan = run?.plan;
  if (!plan?.config.members) return [];
  return plan.members
    .map(({ agent_id }) => agent_id)
    .filter((agent_id) => settingsOf(plan, agent_id)?.answerable_by?.includes(user_id));
}

/**
 * Those of them that have it.
 * @returns agent ids
 */
export function answerableBy(room: Room, user_id: string): string[] {
  const speaking = new Set(room.turns.map(({ agent_id }) => agent_id));
  return lentTo(room, user_id).filter((agent_id) => speaking.has(agent_id));
}

/** What others call an agent. */
export function nameOf({ members }: Plan, agent_id: string): string | undefined {
  return members.find((member) => member.agent_id === agent_id)?.name;
}

/** What the team's config says of one member, by its name or its id. */
export function settingsOf(plan: Plan, agent_id: string) {
  const { members } = plan.config;
  return members?.[agent_id] ?? members?.[nameOf(plan, agent_id) ?? ""];
}
