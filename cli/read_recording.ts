import { readFile } from "node:fs/promises";
import { basename, extname } from "node:path";
import { BadRecording, parseJson, reasonOf } from "./bad_recording.ts";
import { parseExport } from "./export_file.ts";
import { parseHistory } from "./history.ts";
import type { Recording } from "./recording.ts";

/**
 * Reads a recorded conversation, checking all of it.
 * @param file path of a JSON file with a `history`, or of our own export
 * @throws BadRecording naming the file and the place in it
 */
export async function readRecording(file: string): Promise<Recording> {
  try {
    const text = await readFile(file, "utf8");
    if (/^\s*\{\s*"taskmaster_export"/.test(text)) return parseExport(text);
    return parseHistory(parseJson(text), basename(file, extname(file)));
  } catch (error) {
    throw new BadRecording(`${file}: ${reasonOf(error)}`);
  }
}
