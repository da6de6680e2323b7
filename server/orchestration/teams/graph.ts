import type { Json, JsonObject } from "../../../contract/json.ts";
import { holds } from "../expression.ts";
import { speakerNamed } from "../members.ts";
import type { ClosedTurn, Next, Plan, TeamType } from "../types.ts";

/** Agent ids throughout. */
interface State {
  /** Member → from whom it has been reached since it last had the turn. */
  readonly reached: Readonly<Record<string, readonly string[]>>;
  /** Member → how often it has had the turn. */
  readonly visits: Readonly<Record<string, number>>;
}

interface Edge {
  readonly from: string;
  readonly to: string;
  readonly condition: string | JsonObject | undefined;
}

/**
 * Members are the nodes of a directed graph: an answer goes along every edge whose condition it meets,
 * and whoever is reached by all its edges (or any, if `join` says so) has the turn.
 */
export const graph: TeamType = {
  check(plan) {
    const names = [...(plan.config.edges ?? []).flatMap(({ from, to }) => [from, to])];
    if (plan.config.entry !== undefined) names.push(plan.config.entry);
    const unknown = names.find((name) => !speakerNamed(plan, name));
    if (unknown) return [`${unknown} is in the graph, but takes no turns in the team`];
    return entriesOf(plan).length > 0
      ? []
      : ["The graph has no entry: everybody has an edge to it"];
  },
  begin: (plan) => visit(plan, entriesOf(plan), { reached: {}, visits: {} }, 0),
  after(plan, state, turn, open) {
    const { reached, visits } = state as unknown as State;
    const now: Record<string, readonly string[]> = { ...reached };
    const edges = edgesOf(plan);
    for (const edge of edges) {
      if (edge.from !== turn.agent_id || !isOpen(edge, turn)) continue;
      now[edge.to] = [...new Set([...(now[edge.to] ?? []), edge.from])];
    }
    const ready = Object.keys(now).filter(
      (node) => !open.includes(node) && isReady(plan, edges, node, now[node]!),
    );
    return visit(plan, ready, { reached: now, visits }, open.length);
  },
};

function visit(plan: Plan, nodes: readonly string[], state: State, open: number): Next {
  const reached = { ...state.reached };
  const visits = { ...state.visits };
  for (const node of nodes) {
    delete reached[node];
    visits[node] = (visits[node] ?? 0) + 1;
  }
  const round = Math.max(1, ...nodes.map((node) => visits[node]!));
  const json = { reached, visits } as unknown as Json;
  if (nodes.length === 0) {
    // AutoGen's GraphFlow says it in these words.
    const reason = "Digraph execution is complete";
    return open > 0
      ? { kind: "wait", state: json }
      : { kind: "stop", code: "graph_complete", reason, state: null };
  }
  const { max_rounds } = plan.config;
  if (max_rounds !== undefined && round > max_rounds) {
    const reason = `A member has had its ${max_rounds} turns`;
    return { kind: "stop", code: "rounds", reason, state: null };
  }
  const asks = nodes.map((agent_id) => ({ agent_id, task: null }));
  return { kind: "turns", asks, round, state: json };
}

function isOpen({ condition }: Edge, { said }: ClosedTurn): boolean {
  if (condition === undefined) return true;
  const answer = said.at(-1);
  if (!answer) return false;
  if (typeof condition === "string") return answer.content.includes(condition);
  return holds(condition, { content: answer.content, source: answer.source });
}

function isReady(
  plan: Plan,
  edges: readonly Edge[],
  node: string,
  reached: readonly string[],
): boolean {
  if (reached.length === 0) return false;
  const { join = {} } = plan.config;
  const name = speakerNamed(plan, node)!.name;
  if ((join[name] ?? join[node]) === "any") return true;
  return edges.every(({ from, to }) => to !== node || reached.includes(from));
}

function entriesOf(plan: Plan): string[] {
  if (plan.config.entry !== undefined) return [speakerNamed(plan, plan.config.entry)!.agent_id];
  const edges = edgesOf(plan);
  const sources = edges.map(({ from }) => from);
  const targets = new Set(edges.map(({ to }) => to));
  return [...new Set(sources)].filter((node) => !targets.has(node));
}

function edgesOf(plan: Plan): Edge[] {
  return (plan.config.edges ?? []).map(({ from, to, condition }) => ({
    from: speakerNamed(plan, from)!.agent_id,
    to: speakerNamed(plan, to)!.agent_id,
    condition,
  }));
}
