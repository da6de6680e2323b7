/**
 * Arrays in the binary format of PostgreSQL's protocol, as its receive functions read them (array_recv
 * and that of each element's type, in src/backend/utils/adt), which costs it less than reading texts. A statement says the type of each: `$1::uuid[]`.
 */

/** An element's type: its number in pg_type, and how a value is written. */
interface Type<Value> {
  readonly oid: number;
  bytesOf(value: Value): number;
  write(value: Value, bytes: Buffer, at: number): void;
}

function encode<Value>(type: Type<Value>, values: readonly (Value | null)[]): Buffer {
  const sizes = values.map((value) => (value === null ? 0 : type.bytesOf(value)));
  const dimensions = values.length === 0 ? 0 : 1;
  const head = 12 + 8 * dimensions;
  const bytes = Buffer.allocUnsafe(sizes.reduce((sum, size) => sum + 4 + size, head));
  bytes.writeInt32BE(dimensions, 0);
  bytes.writeInt32BE(values.includes(null) ? 1 : 0, 4);
  bytes.writeInt32BE(type.oid, 8);
  if (dimensions === 1) {
    bytes.writeInt32BE(values.length, 12);
    bytes.writeInt32BE(1, 16); // the index of the first
  }
  let at = head;
  for (let index = 0; index < values.length; index += 1) {
    const value = values[index]!;
    const size = sizes[index]!;
    bytes.writeInt32BE(value === null ? -1 : size, at);
    at += 4;
    // Neighbours are often of the same session, agent and moment.
    const before = at - 4 - size;
    if (index > 0 && value === values[index - 1]) bytes.copyWithin(at, before, before + size);
    else if (value !== null) type.write(value, bytes, at);
    at += size;
  }
  return bytes;
}

const WRONG = 0xff;
/** What a hexadecimal digit is worth, by its character. */
const digits = new Uint8Array(65_536).fill(WRONG);
for (const digit of "0123456789abcdefABCDEF") {
  digits[digit.charCodeAt(0)] = Number.parseInt(digit, 16);
}
/** Where the digits of each byte are in a UUID as text. */
const places = Uint8Array.of(0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34);

const uuid: Type<string> = {
  oid: 2950,
  bytesOf: () => 16,
  write(value, bytes, at) {
    let seen = 0;
    for (let index = 0; index < 16; index += 1) {
      const place = places[index]!;
      const high = digits[value.charCodeAt(place)]!;
      const low = digits[value.charCodeAt(place + 1)]!;
      seen |= high | low;
      bytes[at + index] = (high << 4) | low;
    }
    if (seen > 0x0f || value.length !== 36) throw new Error(`not a UUID: ${value}`);
  },
};

const bigint: Type<number> = {
  oid: 20,
  bytesOf: () => 8,
  write(value, bytes, at) {
    bytes.writeInt32BE(Math.floor(value / 2 ** 32), at);
    bytes.writeUInt32BE((value % 2 ** 32) >>> 0, at + 4);
  },
};

const text: Type<string> = {
  oid: 25,
  bytesOf: (value) => Buffer.byteLength(value),
  write: (value, bytes, at) => void bytes.write(value, at),
};

const JSONB_VERSION = 1;

const jsonb: Type<string> = {
  oid: 3802,
  bytesOf: (value) => 1 + Buffer.byteLength(value),
  write(value, bytes, at) {
    bytes[at] = JSONB_VERSION;
    bytes.write(value, at + 1);
  },
};

const EPOCH_MS = Date.UTC(2000, 0, 1);

const timestamptz: Type<string> = {
  oid: 1184,
  bytesOf: () => 8,
  write(value, bytes, at) {
    // Microseconds, which a number does not hold exactly beyond the year 2255.
    bytes.writeBigInt64BE(BigInt(Date.parse(value) - EPOCH_MS) * 1000n, at);
  },
};

/**
 * @param values in their usual form, 36 characters
 * @returns a parameter for `$n::uuid[]`
 * @throws Error for what is none
 */
export const uuids = (values: readonly (string | null)[]) => encode(uuid, values);

/**
 * @param values whole numbers of up to 53 bits
 * @returns a parameter for `$n::bigint[]`
 */
export const bigints = (values: readonly number[]) => encode(bigint, values);

/** @returns a parameter for `$n::text[]` */
export const texts = (values: readonly (string | null)[]) => encode(text, values);

/**
 * @param values JSON
 * @returns a parameter for `$n::jsonb[]`
 */
export const jsonbs = (values: readonly (string | null)[]) => encode(jsonb, values);

/**
 * @param values ISO 8601, in milliseconds
 * @returns a parameter for `$n::timestamptz[]`
 */
export const timestamps = (values: readonly string[]) => encode(timestamptz, values);
