/**
 * Values in the binary format of PostgreSQL's protocol, as its send functions write them (uuid_send and so on, in
 * src/backend/utils/adt), made into the JSON that JSON.stringify gives for them, byte by byte: no text is made of
 * any, which would cost several times as much.
 */

/**
 * Writes a value as JSON. What has no room is lost, and counted all the same, so that whoever gave too little
 * learns how much it takes.
 * @param from the bytes that the value is in
 * @param start where it begins there
 * @param end where it ends there
 * @param into where the JSON goes
 * @param at where in that it begins
 * @returns where it ends
 */
export type WriteJson = (
  from: Uint8Array,
  start: number,
  end: number,
  into: Uint8Array,
  at: number,
) => number;

const QUOTE = 0x22;
const ZERO = 0x30;

/** Bytes as they are; a loop, since that is what so few are copied by fastest, and it may run past the end. */
export const writeBytes: WriteJson = (from, start, end, into, at) => {
  for (let index = start; index < end; index += 1) into[at++] = from[index]!;
  return at;
};

/** A text in which nothing is to be escaped, as of an enumeration. */
export const writeName: WriteJson = (from, start, end, into, at) => {
  into[at++] = QUOTE;
  at = writeBytes(from, start, end, into, at);
  into[at++] = QUOTE;
  return at;
};

/** By its code, what JSON.stringify writes for a character that may not stand for itself; null for all others. */
const escapes = Array.from({ length: 256 }, (_, code) => {
  const json = JSON.stringify(String.fromCharCode(code)).slice(1, -1);
  return json.length === 1 ? null : Buffer.from(json);
});
const isPlain = Uint8Array.from(escapes, (escaped) => (escaped === null ? 1 : 0));

/** A text. */
export const writeText: WriteJson = (from, start, end, into, at) => {
  into[at++] = QUOTE;
  for (let index = start; index < end; index += 1) {
    const byte = from[index]!;
    if (isPlain[byte]) into[at++] = byte;
    else {
      const escaped = escapes[byte]!;
      at = writeBytes(escaped, 0, escaped.length, into, at);
    }
  }
  into[at++] = QUOTE;
  return at;
};

/** A jsonb: its version, and its text. */
export const writeJsonb: WriteJson = (from, start, end, into, at) =>
  writeBytes(from, start + 1, end, into, at);

const hexadecimal = Buffer.from("0123456789abcdef");
/** Bytes of a UUID after which its text has a dash. */
const beforeDash = Uint8Array.of(0, 0, 0, 1, 0, 1, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0);

/** A uuid. */
export const writeUuid: WriteJson = (from, start, _end, into, at) => {
  into[at++] = QUOTE;
  for (let index = 0; index < 16; index += 1) {
    const byte = from[start + index]!;
    into[at++] = hexadecimal[byte >> 4]!;
    into[at++] = hexadecimal[byte & 0x0f]!;
    if (beforeDash[index]) into[at++] = 0x2d;
  }
  into[at++] = QUOTE;
  return at;
};

/** Half of a bigint: 32 bits, the first of which is its sign. */
function intAt(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!;
}

/**
 * Reads a bigint.
 * @returns it, exactly if it has up to 53 bits
 */
export function bigintAt(bytes: Uint8Array, at: number): number {
  return intAt(bytes, at) * 2 ** 32 + (intAt(bytes, at + 4) >>> 0);
}

/** A bigint that is not below zero. */
export const writeBigint: WriteJson = (from, start, _end, into, at) => {
  let rest = bigintAt(from, start);
  let end = at + 1;
  for (let bound = 10; bound <= rest; bound *= 10) end += 1;
  for (let place = end - 1; place >= at; place -= 1) {
    into[place] = ZERO + (rest % 10);
    rest = Math.floor(rest / 10);
  }
  return end;
};

const EPOCH_MS = Date.UTC(2000, 0, 1);

/**
 * Reads a timestamptz, which counts microseconds: too many for a number from the year 2255 on, so its upper half
 * counts by itself, as 4,294,967 milliseconds and 296 microseconds each.
 * @returns milliseconds since 1970
 */
function timeAt(bytes: Uint8Array, at: number): number {
  const high = intAt(bytes, at);
  const low = intAt(bytes, at + 4) >>> 0;
  return EPOCH_MS + high * 4_294_967 + Math.floor((high * 296 + low) / 1000);
}

const DAY_MS = 86_400_000;
/** The day that was written last, as of 1970, and how its times begin: most are of one day. */
let day = Number.NaN;
let dayJson = Buffer.alloc(0);

/** A timestamptz, in milliseconds as JavaScript's toISOString writes it. Throws RangeError for an infinite one. */
export const writeTime: WriteJson = (from, start, _end, into, at) => {
  const time = timeAt(from, start);
  const its = Math.floor(time / DAY_MS);
  if (its !== day) {
    const [date] = new Date(time).toISOString().split("T");
    dayJson = Buffer.from(`"${date}T`);
    day = its;
  }
  at = writeBytes(dayJson, 0, dayJson.length, into, at);
  const left = time - its * DAY_MS;
  at = writeDigits(Math.floor(left / 3_600_000), 2, into, at);
  into[at++] = 0x3a;
  at = writeDigits(Math.floor(left / 60_000) % 60, 2, into, at);
  into[at++] = 0x3a;
  at = writeDigits(Math.floor(left / 1000) % 60, 2, into, at);
  into[at++] = 0x2e;
  at = writeDigits(left % 1000, 3, into, at);
  into[at++] = 0x5a;
  into[at++] = QUOTE;
  return at;
};

function writeDigits(value: number, count: number, into: Uint8Array, at: number): number {
  for (let place = at + count - 1; place >= at; place -= 1) {
    into[place] = ZERO + (value % 10);
    value = Math.floor(value / 10);
  }
  return at + count;
}
