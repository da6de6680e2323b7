import { expect } from "chai";
import fc from "fast-check";
import { type Chunk, cut, lastOf } from "../../server/stream/chunk.ts";
import { ChunkCache } from "../../server/stream/chunk_cache.ts";

const SESSIONS = ["a", "b"];

function chunkOf(session_id: string, first: number, count: number, width = 10): Chunk {
  const texts = Array.from({ length: count }, (_, index) => `${first + index}`.padEnd(width, "x"));
  return { session_id, first, texts };
}

/** The numbers of its entries, read from their texts. */
function numbersOf(chunk: Chunk): number[] {
  return chunk.texts.map((text) => Number.parseInt(text, 10));
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
        for (const { session_id, first, count, width } of puts) {
          cache.put(chunkOf(session_id, first, count, width));
          // Of a chunk that overlaps others it may leave out a part: a reader asks for that again.
          const numbers = Array.from({ length: count }, (_, index) => first + index);
          const known = held.get(session_id)!;
          if (numbers.some((seq) => known.has(seq))) continue;
          for (const seq of numbers) known.add(seq);
        }
        for (const session_id of SESSIONS) {
          for (let cursor = 0; cursor < 75; cursor += 1) {
            const chunk = cache.after(session_id, cursor);
            if (held.get(session_id)!.has(cursor + 1)) expect(chunk).not.to.equal(null);
            if (chunk === null) continue;
            expect(chunk.first).to.equal(cursor + 1);
            const expected = chunk.texts.map((_, index) => cursor + 1 + index);
            expect(numbersOf(chunk)).to.deep.equal(expected);
          }
        }
      }),
    );
  });

  it("says where the next entry is that it has, so that a read fills just the gap", () => {
    const cache = new ChunkCache(1_000_000);
    cache.put(chunkOf("a", 11, 5));
    expect(cache.next("a", 3)).to.equal(11);
    expect(cache.next("a", 15)).to.equal(Number.POSITIVE_INFINITY);
    expect(cache.next("b", 0)).to.equal(Number.POSITIVE_INFINITY);
  });

  it("stays within its bound, and lets go of what was not used for longest", () => {
    const cache = new ChunkCache(700_000);
    const large = (session_id: string, first: number) => chunkOf(session_id, first, 1, 100_000);
    for (let seq = 1; seq <= 3; seq += 1) cache.put(large("a", seq));
    expect(cache.after("a", 0)).not.to.equal(null); // used again
    cache.put(large("b", 1));
    expect(cache.bytes).to.be.at.most(700_000);
    expect(cache.after("a", 1)).to.equal(null);
    for (const cursor of [0, 2]) expect(cache.after("a", cursor)).not.to.equal(null);
    for (let seq = 2; seq < 100; seq += 1) cache.put(large("b", seq));
    expect(cache.bytes).to.be.within(1, 700_000);
  });

  it("keeps nothing when it may not", () => {
    const cache = new ChunkCache(0);
    cache.put(chunkOf("a", 1, 5));
    expect(cache.after("a", 0)).to.equal(null);
    expect(cache.bytes).to.equal(0);
  });
});

describe("a chunk", () => {
  it("is cut to the numbers asked for", () => {
    const chunk = chunkOf("a", 5, 4);
    expect(cut(chunk, 4)).to.equal(chunk);
    expect(numbersOf(cut(chunk, 6)!)).to.deep.equal([7, 8]);
    expect(numbersOf(cut(chunk, 5, 7)!)).to.deep.equal([6, 7]);
    expect(cut(chunk, 8)).to.equal(null);
    expect(cut(chunk, 0, 4)).to.equal(null);
    expect(lastOf(cut(chunk, 0, 6)!)).to.equal(6);
  });
});
