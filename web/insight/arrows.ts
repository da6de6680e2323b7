import type { Entry } from "../../contract/entry.ts";
import type { Names, Speaker } from "../session/roster.tsx";
import type { Step, StepKind } from "./steps.ts";
import { firstLine } from "./texts.ts";

/** One of those who speak, or who are spoken to. */
export interface Lifeline {
  readonly id: string;
  readonly name: string;
  readonly kind: "person" | "agent" | "tools" | "everybody";
  /** A colour of the theme. */
  readonly color: string;
}

/** A line of the diagram: from one to one or several, or a note for all. */
export interface Arrow {
  readonly key: string;
  readonly seq: number;
  readonly at: string;
  readonly kind: StepKind;
  /** Null for a note. */
  readonly from: Lifeline | null;
  readonly to: readonly Lifeline[];
  readonly text: string;
}

const tools: Lifeline = { id: "tools", name: "Tools", kind: "tools", color: "gray" };
const everybody: Lifeline = {
  id: "everybody",
  name: "Everybody",
  kind: "everybody",
  color: "gray",
};
const MOST_TEXT = 200;

/** How each kind is called, for who reads rather than sees it. */
export const kindNames: Record<StepKind, string> = {
  prompt: "prompts",
  message: "says",
  comment: "comments",
  delegate: "delegates",
  handoff: "hands over",
  tool_call: "calls a tool",
  tool_result: "result of a tool",
  ballot: "votes",
  passed: "does not answer",
  note: "note",
};

/**
 * What is drawn of a step.
 * @param entry the one of the step's seq
 * @returns two arrows where a tool's result also gives somebody the turn
 */
export function arrowsOf({ seq, kind, opened }: Step, entry: Entry, names: Names): Arrow[] {
  const base = { key: String(seq), seq, at: entry.created_at, kind, text: textOf(entry, kind) };
  if (kind === "note") return [{ ...base, from: null, to: [] }];
  const speaker = lifelineOf(names.speakerOf(entry)!);
  const next = opened.map((agent_id) => lifelineOf(names.agent(agent_id)));
  if (kind === "tool_call") return [{ ...base, from: speaker, to: [tools, ...next] }];
  if (kind === "tool_result") {
    const result = { ...base, from: tools, to: [speaker] };
    if (next.length === 0) return [result];
    return [result, { ...base, key: `${seq}-next`, kind: "message", from: speaker, to: next }];
  }
  const named = kind === "delegate" || kind === "handoff" ? namedIn(entry, names) : [];
  const to = distinct([...named, ...next]);
  return [{ ...base, from: speaker, to: to.length > 0 ? to : [everybody] }];
}

/** Who is in these arrows: people, then agents, as they appear; then tools and everybody. */
export function lifelinesOf(arrows: readonly Arrow[]): Lifeline[] {
  const all = distinct(arrows.flatMap(({ from, to }) => (from ? [from, ...to] : to)));
  const order = ["person", "agent", "tools", "everybody"];
  return all.sort((one, other) => order.indexOf(one.kind) - order.indexOf(other.kind));
}

function distinct(lifelines: readonly Lifeline[]): Lifeline[] {
  return [...new Map(lifelines.map((lifeline) => [lifeline.id, lifeline])).values()];
}

function lifelineOf({ id, name, isPerson, color }: Speaker): Lifeline {
  return { id, name, kind: isPerson ? "person" : "agent", color };
}

/** The agents that a delegation or a hand-off names, by name or id. */
function namedIn(entry: Entry, names: Names): Lifeline[] {
  const asked = entry.kind === "message" ? [entry.tool_call?.arguments].flat() : [];
  return asked.flatMap((one) => {
    const named = (one as { agent?: unknown } | null | undefined)?.agent;
    const found = [...names.agents.values()].find(({ id, name }) => id === named || name === named);
    return found ? lifelineOf(names.agent(found.id)) : [];
  });
}

function textOf(entry: Entry, kind: StepKind): string {
  if (entry.kind === "log_entry") {
    if (kind !== "ballot") return firstLine(entry.message, MOST_TEXT);
    return firstLine(`votes ${inShort(entry.data.choice)}`, MOST_TEXT);
  }
  const call = entry.kind === "message" ? entry.tool_call : null;
  if (call === null) return firstLine(entry.content, MOST_TEXT);
  const said = firstLine(entry.content, MOST_TEXT);
  if (kind === "delegate")
    return firstLine(`delegates: ${tasksOf(call.arguments) || said}`, MOST_TEXT);
  if (kind === "handoff") return firstLine(`hands over: ${said}`, MOST_TEXT);
  const name = typeof call.name === "string" ? call.name : "tool";
  if (kind === "tool_result") return firstLine(`${name} → ${inShort(call.result)}`, MOST_TEXT);
  return firstLine(`${name}(${inShort(call.arguments)})`, MOST_TEXT);
}

function tasksOf(asked: unknown): string {
  const tasks = [asked].flat().map((one) => (one as { task?: unknown } | null)?.task);
  return tasks.filter((task) => typeof task === "string").join("; ");
}

function inShort(value: unknown): string {
  if (value === undefined) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}
