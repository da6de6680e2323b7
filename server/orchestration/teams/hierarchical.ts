import type { Json } from "../../../contract/json.ts";
import { speakerNamed, speakersOf } from "../members.ts";
import { delegationOf } from "../tool_call.ts";
import type { Ask, ClosedTurn, Member, Next, Plan, TeamType } from "../types.ts";

/** Who waits for whom; agent ids throughout. */
interface State {
  /** Manager → those it asked whose reports it waits for: turns under way, and asks to come. */
  readonly waits: Readonly<Record<string, { readonly open: string[]; readonly pending: Ask[] }>>;
  /** How often the leader has had the turn. */
  readonly round: number;
}

/**
 * A leader speaks first and delegates; who was asked reports, and the leader speaks again, until it
 * delegates to nobody. A manager in the middle does the same with its own people.
 */
export const hierarchical: TeamType = {
  check(plan) {
    const leader = leaderOf(plan);
    if (!leader) return ["A hierarchical team needs a leader: a member with that role"];
    const lost = speakersOf(plan).find((member) => !isUnder(plan, leader, member));
    return lost ? [`${lost.name} does not report to the leader, ${leader.name}, in the end`] : [];
  },
  begin: (plan) => askLeader(plan, { waits: {}, round: 0 }, null),
  after(plan, state, turn) {
    const now = state as unknown as State;
    const said = turn.said.at(-1);
    const delegation = said ? delegationOf(said) : null;
    if (!delegation) return report(plan, now, turn);
    const speaker = speakersOf(plan).find(({ agent_id }) => agent_id === turn.agent_id)!;
    const asks: Ask[] = [];
    for (const { agent, task } of delegation.asks) {
      const member = speakerNamed(plan, agent);
      if (!member || managerOf(plan, member) !== speaker) {
        const complaint = `${agent} is none of those who report to you; ask one of them, or none`;
        return askAgain(plan, now, speaker.agent_id, complaint);
      }
      asks.push({ agent_id: member.agent_id, task });
    }
    const [first, ...later] = asks;
    // Nobody has two turns at once, so whoever is asked twice is asked again afterwards.
    const atOnce = delegation.parallel
      ? asks.filter((ask, at) => asks.findIndex((one) => one.agent_id === ask.agent_id) === at)
      : [first!];
    const pending = delegation.parallel ? asks.filter((ask) => !atOnce.includes(ask)) : later;
    const open = atOnce.map(({ agent_id }) => agent_id);
    const waits = { ...now.waits, [speaker.agent_id]: { open, pending } };
    return turns(atOnce, { ...now, waits });
  },
};

/** Somebody has done what it was asked: its manager goes on once all have. */
function report(plan: Plan, state: State, { agent_id }: ClosedTurn): Next {
  const manager = Object.keys(state.waits).find((one) => state.waits[one]!.open.includes(agent_id));
  if (manager === undefined) {
    const reason = "The leader delegated to nobody";
    return { kind: "stop", code: "concluded", reason, state: null };
  }
  const { [manager]: wait, ...others } = state.waits;
  const open = wait!.open.filter((one) => one !== agent_id);
  const [next, ...pending] = wait!.pending;
  if (next && open.length === 0) {
    const waits = { ...others, [manager]: { open: [next.agent_id], pending } };
    return turns([next], { ...state, waits });
  }
  if (open.length > 0) {
    const waits = { ...others, [manager]: { open, pending: wait!.pending } };
    return { kind: "wait", state: { ...state, waits } as unknown as Json };
  }
  return askAgain(plan, { ...state, waits: others }, manager, null);
}

function askAgain(plan: Plan, state: State, agent_id: string, task: string | null): Next {
  if (agent_id === leaderOf(plan)!.agent_id) return askLeader(plan, state, task);
  return turns([{ agent_id, task }], state);
}

function askLeader(plan: Plan, state: State, task: string | null): Next {
  const { agent_id } = leaderOf(plan)!;
  return turns([{ agent_id, task }], { ...state, round: state.round + 1 });
}

function turns(asks: readonly Ask[], state: State): Next {
  return { kind: "turns", asks, round: state.round, state: state as unknown as Json };
}

function leaderOf(plan: Plan): Member | undefined {
  const { leader } = plan.config;
  if (leader !== undefined) return speakerNamed(plan, leader);
  return speakersOf(plan).find(({ role_in_team }) => role_in_team === "leader");
}

function isUnder(plan: Plan, leader: Member, member: Member): boolean {
  const seen = new Set<Member>();
  for (let one: Member | undefined = member; one && !seen.has(one); one = managerOf(plan, one)) {
    if (one === leader) return true;
    seen.add(one);
  }
  return false;
}

/** Whom a member reports to: without `reports_to` everybody to the leader, who reports to nobody. */
function managerOf(plan: Plan, member: Member): Member | undefined {
  const { reports_to } = plan.config;
  const leader = leaderOf(plan);
  if (member === leader || !reports_to) return member === leader ? undefined : leader;
  return speakerNamed(plan, reports_to[member.name] ?? reports_to[member.agent_id]);
}
