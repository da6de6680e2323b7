import type { Json } from "../../contract/json.ts";

/**
 * JSON Merge Patch, RFC 7396 section 2: objects merge member by member, null removes a member, and
 * anything else replaces what was there.
 * @param target any JSON value; undefined where there is none
 * @param patch what to merge onto it
 * @returns the patched value; neither input is changed
 */
export function mergePatch(target: Json | undefined, patch: Json): Json {
  if (!isObject(patch)) return patch;
  const merged = new Map(isObject(target) ? Object.entries(target) : []);
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) merged.delete(name);
    else merged.set(name, mergePatch(merged.get(name), value));
  }
  return Object.fromEntries(merged);
}

function isObject(value: Json | undefined): value is { [key: string]: Json } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
