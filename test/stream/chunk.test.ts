import { expect } from "chai";
import fc from "fast-check";
import {
  type Chunk,
  chunkOf,
  cut,
  rightsChangeIn,
  storedAt,
  textsOf,
} from "../../server/stream/chunk.ts";
import { ChunkCache } from "../../server/stream/chunk_cache.ts";

const SESSIONS = ["a", "b"];

function numbered(session_id: string, first: number, count: number, width = 10): Chunk {
  const texts = Array.from({ length: count }, (_, index) => `${first + index}`.padEnd(width, "x"));
  return chunkOf(session_id, first, texts);
}

/** The numbers of its entries, read from their texts. */
function numbersOf(chunk: Chunk): number[] {
  return textsOf(chunk).map((text) => Number.parseInt(text, 10));
}

describe("the memory of recent entries", () => {
  const put = fc.record({
    session_id: fc.constantFrom(...SESSIONS),
    first: fc.integer({ min: 1, max: 60 }),
    count: fc.integer({ min: 1, max: 12 }),
    width: fc.constantFrom(10, 20_000),
  });

  it("gives each entry in its place, whatever it was given in which order", () => {
    fc.assert(
      fc.property(fc.array(put, { maxLength: 30 }), (puts) => {
        const cache = new ChunkCache(1_000_000_000);
        const held = new Map(SESSIONS.map((id) => [id, new Set<number>()]));
        const given = new Map(SESSIONS.map((id) => [id, new Set<number>()]));
        for (const { session_id, first, count, width } of puts) {
          cache.put(numbered(session_id, first, count, width));
          // Of a chunk that overlaps others it may leave out a part: a reader asks for that again.
          const numbers = Array.from({ length: count }, (_, index) => first + index);
          const overlaps = numbers.some((seq) => given.get(session_id)!.has(seq));
          for (const seq of numbers) {
            given.get(session_id)!.add(seq);
            if (!overlaps) held.get(session_id)!.add(seq);
          }
        }
        for (const session_id of SESSIONS) {
          for (let cursor = 0; cursor < 75; cursor += 1) {
            const chunk = cache.after(session_id, cursor);
            if (held.get(session_id)!.has(cursor + 1)) expect(chunk).not.to.equal(null);
            if (chunk === null) continue;
            expect(chunk.first).to.equal(cursor + 1);
            const expected = textsOf(chunk).map((_, index) => cursor + 1 + index);
            expect(numbersOf(chunk)).to.deep.equal(expected);
          }
        }
      }),
    );
  });

  it("says where the next entry is that it has, so that a read fills just the gap", () => {
    const cache = new ChunkCache(1_000_000);
    cache.put(numbered("a", 11, 5));
    expect(cache.next("a", 3)).to.equal(11);
    expect(cache.next("a", 15)).to.equal(Number.POSITIVE_INFINITY);
    expect(cache.next("b", 0)).to.equal(Number.POSITIVE_INFINITY);
  });

  it("stays within its bound, and lets go of what was not used for longest", () => {
    const cache = new ChunkCache(350_000);
    const large = (session_id: string, first: number) => numbered(session_id, first, 1, 100_000);
    for (let seq = 1; seq <= 3; seq += 1) cache.put(large("a", seq));
    expect(cache.after("a", 0)).not.to.equal(null); // used again
    cache.put(large("b", 1));
    expect(cache.bytes).to.be.at.most(350_000);
    expect(cache.after("a", 1)).to.equal(null);
    for (const cursor of [0, 2]) expect(cache.after("a", cursor)).not.to.equal(null);
    for (let seq = 2; seq < 100; seq += 1) cache.put(large("b", seq));
    expect(cache.bytes).to.be.within(1, 350_000);
  });

  it("leaves what somebody has of it as it was, whatever comes after", () => {
    const cache = new ChunkCache(1_000_000);
    const before: { chunk: Chunk; text: string }[] = [];
    for (let seq = 1; seq <= 300; seq += 1) {
      cache.put(numbered("a", seq, 1, 500));
      const chunk = cache.after("a", Math.floor(seq / 2))!;
      before.push({ chunk, text: chunk.bytes.toString() });
    }
    for (const { chunk, text } of before) expect(chunk.bytes.toString()).to.equal(text);
  });

  it("keeps nothing when it may not", () => {
    const cache = new ChunkCache(0);
    cache.put(numbered("a", 1, 5));
    expect(cache.after("a", 0)).to.equal(null);
    expect(cache.bytes).to.equal(0);
  });
});

describe("a chunk", () => {
  it("is cut to the numbers asked for", () => {
    const chunk = numbered("a", 5, 4);
    expect(cut(chunk, 4)).to.equal(chunk);
    expect(numbersOf(cut(chunk, 6)!)).to.deep.equal([7, 8]);
    expect(numbersOf(cut(chunk, 5, 7)!)).to.deep.equal([6, 7]);
    expect(cut(chunk, 8)).to.equal(null);
    expect(cut(chunk, 0, 4)).to.equal(null);
    expect(cut(chunk, 0, 6)!.last).to.equal(6);
  });

  it("gives back its entries letter by letter, whole and cut", () => {
    const entry = fc
      .string({ unit: "grapheme", maxLength: 50 })
      .map((text) => JSON.stringify(text));
    fc.assert(
      fc.property(fc.array(entry, { minLength: 1, maxLength: 20 }), fc.nat(20), (texts, after) => {
        const chunk = chunkOf("a", 1, texts);
        expect(textsOf(chunk)).to.deep.equal(texts);
        expect(JSON.parse(`[${chunk.bytes}]`)).to.deep.equal(texts.map((text) => JSON.parse(text)));
        const rest = cut(chunk, after);
        expect(rest ? textsOf(rest) : []).to.deep.equal(texts.slice(after));
      }),
    );
  });

  it("knows the first entry that ends a place, and none by what somebody wrote in it", () => {
    const log = (event: string) => ({ kind: "log_entry", seq: 1, message: "é", data: { event } });
    const said = (content: unknown) => ({ kind: "message", tool_call: content, content });
    const told = [
      said(log("member.removed")),
      said(JSON.stringify(log("member.removed"))),
      log("turn.opened"),
      { ...log("action"), message: JSON.stringify(log("member.removed").data) },
      { ...log("action"), data: { said: { event: "member.removed" } } },
    ].map((entry) => JSON.stringify(entry));
    expect(rightsChangeIn(chunkOf("a", 7, told))).to.equal(null);
    for (const event of ["member.removed", "session.updated"]) {
      const ended = [...told, JSON.stringify(log(event)), ...told];
      expect(rightsChangeIn(chunkOf("a", 7, ended))).to.equal(7 + told.length);
    }
  });

  it("says when its last entry was stored", () => {
    const at = (created_at: string) => JSON.stringify({ content: "…", created_at });
    const times = ["2026-03-01T10:00:00.000Z", "2026-03-01T10:00:00.250Z"];
    expect(storedAt(chunkOf("a", 1, times.map(at)))).to.equal(Date.parse(times[1]!));
  });
});
