import { type Chunk, LARGE_BYTES } from "../stream/chunk.ts";

/**
 * The bytes of text messages on a WebSocket, each a frame of its own (RFC 6455, section 5.2: final,
 * opcode 1, unmasked as all that a server sends).
 * @param texts at least one
 */
export function encodeFrames(texts: readonly string[]): Buffer {
  const lengths = texts.map((text) => Buffer.byteLength(text));
  const bytes = Buffer.allocUnsafe(
    lengths.reduce((sum, length) => sum + headerLength(length) + length, 0),
  );
  let end = 0;
  texts.forEach((text, index) => {
    const length = lengths[index]!;
    end = writeHeader(bytes, end, length);
    end += bytes.write(text, end, length);
  });
  return bytes;
}

function headerLength(length: number): number {
  return length < 126 ? 2 : length < 65_536 ? 4 : 10;
}

function writeHeader(bytes: Buffer, at: number, length: number): number {
  bytes[at] = 0x81;
  if (length < 126) {
    bytes[at + 1] = length;
    return at + 2;
  }
  if (length < 65_536) {
    bytes[at + 1] = 126;
    return bytes.writeUInt16BE(length, at + 2);
  }
  bytes[at + 1] = 127;
  return bytes.writeBigUInt64BE(BigInt(length), at + 2);
}

/** A Socket.IO packet without the Engine.IO type before it: an event, `2["name",payload]`. */
export function encodeEvent(name: string, payload: unknown): string {
  return `2${JSON.stringify([name, payload])}`;
}

const AFTER_ENTRIES = "]}]";

function beforeEntries({ session_id }: Chunk): string {
  return `2["entries",{"session_id":"${session_id}","entries":[`;
}

/** The event `entries` of a chunk, whose entries are JSON already. */
export function encodeEntries(chunk: Chunk): string {
  return `${beforeEntries(chunk)}${chunk.bytes}${AFTER_ENTRIES}`;
}

const frames = new WeakMap<Chunk, readonly Buffer[]>();

/** The frame of a chunk, in one or several parts, made once however many receive it. */
export function frameOf(chunk: Chunk): readonly Buffer[] {
  let frame = frames.get(chunk);
  if (!frame) {
    const parts = partsOf(chunk);
    frame = chunk.bytes.length > LARGE_BYTES ? parts : [Buffer.concat(parts)];
    frames.set(chunk, frame);
  }
  return frame;
}

function partsOf(chunk: Chunk): Buffer[] {
  const before = Buffer.from(`4${beforeEntries(chunk)}`);
  const after = Buffer.from(AFTER_ENTRIES);
  const length = before.length + chunk.bytes.length + after.length;
  const header = Buffer.allocUnsafe(headerLength(length));
  writeHeader(header, 0, length);
  return [Buffer.concat([header, before]), chunk.bytes, after];
}

/** A command as it came: `2ID["event",input]`, or without ID when no acknowledgement is wanted. */
export interface Packet {
  /** Decimal digits, or empty. */
  readonly id: string;
  readonly event: string;
  readonly args: unknown[];
}

/** Events that Socket.IO does not let anybody send. */
const reserved = new Set([
  "connect",
  "connect_error",
  "disconnect",
  "disconnecting",
  "newListener",
  "removeListener",
]);

/**
 * Reads a plain event of the default namespace (Socket.IO protocol, revision 5).
 * @param text an Engine.IO packet
 * @returns null for everything else, which is Socket.IO's to read or to refuse
 */
export function readEvent(text: string): Packet | null {
  const match = /^42(\d*)\[/.exec(text);
  if (!match) return null;
  try {
    const args = JSON.parse(text.slice(2 + match[1]!.length)) as unknown[];
    const event = args.shift();
    if (typeof event !== "string" || reserved.has(event)) return null;
    return { id: match[1]!, event, args };
  } catch {
    return null;
  }
}
