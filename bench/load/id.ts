import { randomUUID } from "node:crypto";

let millisecond = 0;
let time = "";

/**
 * A new UUID version 7 (RFC 9562, section 5.7): the milliseconds and the version, and then the
 * random bits of a version 4, which stand at the same places. A tenth of what a library's costs.
 */
export function newId(): string {
  const now = Date.now();
  if (now !== millisecond) {
    millisecond = now;
    const digits = now.toString(16).padStart(12, "0");
    time = `${digits.slice(0, 8)}-${digits.slice(8)}-7`;
  }
  return time + randomUUID().slice(15);
}
