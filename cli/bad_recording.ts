import * as z from "zod";
import { CommandError } from "../contract/errors.ts";

/** A file that cannot be replayed; the message names the place in it. */
export class BadRecording extends Error {}

/**
 * Parses JSON.
 * @throws BadRecording naming the line
 */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const message = (error as Error).message;
    const position = /at position (\d+)/.exec(message)?.[1];
    const line = text.slice(0, Number(position ?? 0)).split("\n").length;
    throw new BadRecording(`${position ? `line ${line}: ` : ""}not JSON: ${message}`);
  }
}

/** What was wrong, for a person, with the place if the error knows it. */
export function reasonOf(error: unknown): string {
  if (error instanceof z.ZodError) {
    const issue = error.issues[0];
    return `${z.core.toDotPath(issue?.path ?? []) || "its root"}: ${issue?.message}`;
  }
  if (error instanceof BadRecording || error instanceof CommandError) return error.message;
  const { code, message } = error as NodeJS.ErrnoException;
  return code === "ENOENT" ? "there is no such file" : message;
}
