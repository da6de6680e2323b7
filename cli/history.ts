import * as z from "zod";
import { Agent } from "../contract/agent.ts";
import { assertPlainJson } from "../contract/json.ts";
import { Message } from "../contract/message.ts";
import type { Recording } from "./recording.ts";

const { content } = Message.shape;

const Said = z
  .object({ name: z.string().optional(), role: z.string(), content })
  .transform((item) => ({ speaker: speakerOf(item), content: item.content }))
  .pipe(z.object({ speaker: Agent.shape.name, content }));

/** What recorded AutoGen runs have in common; their other fields are about grading. */
const History = z.object({
  question: z.string().optional(),
  history: z.array(Said).min(1, "nobody says anything"),
});

const TITLE_LENGTH = 120;

/**
 * Reads a conversation recorded as `{ question?, history: [{ name?, role, content }] }`.
 * @param value the parsed file
 * @param fallbackTitle for a file without a question
 * @throws ZodError, or CommandError for text that cannot be stored, both naming the place
 */
export function parseHistory(value: unknown, fallbackTitle: string): Recording {
  const { question = "", history } = History.parse(value);
  assertPlainJson({ question, history });
  const names = [...new Set(history.map((item) => item.speaker))];
  return {
    title: titleOf(question, fallbackTitle),
    agents: names.map((name) => ({ id: name, name, type: "assistant", role: "" })),
    entries: history.map((item) => ({
      kind: "message",
      sender_agent_id: item.speaker,
      content: item.content,
      tool_call: null,
    })),
  };
}

/**
 * Who says it: `name`, or else `role` without a remark in brackets at its end. In recorded runs
 * "Orchestrator (thought)" and "Orchestrator (-> WebSurfer)" are one agent, which thinks aloud and
 * which addresses another; and beside a name, `role` only says how one model saw the others.
 */
export function speakerOf({ name, role }: { name?: string | undefined; role: string }): string {
  return name?.trim() || role.replace(/\s*\([^()]*\)\s*$/, "").trim() || role;
}

function titleOf(question: string, fallback: string): string {
  const letters = [...(question.replace(/\s+/g, " ").trim() || fallback)];
  if (letters.length <= TITLE_LENGTH) return letters.join("");
  return `${letters.slice(0, TITLE_LENGTH - 1).join("")}…`;
}
