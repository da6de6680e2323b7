import { expect } from "chai";
import fc from "fast-check";
import { type Chunk, countOf, textsOf } from "../../server/stream/chunk.ts";
import { Lines } from "../../server/stream/lines.ts";

const FIRST = 7;
const MAX_BYTES = 300;

/** Writes an entry as select.ts does: what has no room is lost. */
const written = (text: string) => (room: Buffer, at: number) => {
  const bytes = Buffer.from(`${text},\n`);
  bytes.copy(room, Math.min(at, room.length));
  return at + bytes.length;
};

describe("the lines of a part of a stream", () => {
  const text = fc
    .record({ letters: fc.string({ unit: "grapheme" }), times: fc.constantFrom(1, 3, 300, 9_000) })
    .map(({ letters, times }) => JSON.stringify(letters.repeat(times)));
  /** Entries by their place, with the moment at which each comes; null for one that does not. */
  const entries = fc.array(fc.option(fc.record({ text, moment: fc.nat() }), { freq: 9 }), {
    minLength: 1,
    maxLength: 30,
  });

  function linesOf(of: readonly ({ text: string; moment: number } | null)[]): Lines {
    const lines = new Lines("a", FIRST, of.length);
    of.map((entry, place) => ({ ...entry, seq: FIRST + place }))
      .filter(({ text }) => text !== undefined)
      .sort((one, other) => one.moment! - other.moment!)
      .forEach(({ seq, text }) => {
        expect(lines.set(seq, written(text!))).to.equal(Buffer.byteLength(`${text},\n`));
      });
    return lines;
  }

  /** Its texts, once it is sure that each chunk follows on the one before it. */
  function textsIn(chunks: readonly Chunk[]): string[] {
    let next = FIRST;
    return chunks.flatMap((chunk) => {
      const texts = textsOf(chunk);
      expect(chunk).to.include({ session_id: "a", first: next });
      expect(texts).to.have.length(countOf(chunk));
      next = chunk.last + 1;
      return texts;
    });
  }

  it("are in order up to the first that is missing, letter by letter, in whatever order they came", () => {
    fc.assert(
      fc.property(entries, fc.nat(30), (given, most) => {
        const lines = linesOf(given);
        const gap = given.indexOf(null);
        const whole = given.slice(0, gap === -1 ? given.length : gap).map((entry) => entry!.text);
        const last = FIRST - 1 + Math.min(most, given.length);
        expect(textsIn(lines.chunks(last, MAX_BYTES))).to.deep.equal(whole.slice(0, most));
        lines.release();
      }),
    );
  });

  it("make chunks that are no larger than they may be, and none smaller than it must", () => {
    fc.assert(
      fc.property(entries, (given) => {
        const lines = linesOf(given);
        const chunks = lines.chunks(FIRST - 1 + given.length, MAX_BYTES);
        chunks.forEach((chunk, index) => {
          if (countOf(chunk) > 1) expect(chunk.bytes.length).to.be.at.most(MAX_BYTES);
          const next = chunks[index + 1];
          if (!next) return;
          const [following] = textsOf(next);
          const together = chunk.bytes.length + Buffer.byteLength(`,\n${following},\n`);
          expect(together).to.be.greaterThan(MAX_BYTES);
        });
        lines.release();
      }),
    );
  });

  it("fill a chunk to the last byte, and not beyond", () => {
    const countWith = (more: number) => {
      const texts = ["x".repeat(98), "é".repeat(49), "x".repeat(98 + more)];
      const lines = linesOf(texts.map((text, moment) => ({ text, moment })));
      const chunks = lines.chunks(FIRST + 2, MAX_BYTES);
      lines.release();
      return chunks.map(countOf);
    };
    expect(countWith(0)).to.deep.equal([3]);
    expect(countWith(1)).to.deep.equal([2, 1]);
  });

  it("keep what was made of them, though their room is used again", () => {
    const make = (letter: string) => {
      const lines = linesOf([{ text: JSON.stringify(letter.repeat(50)), moment: 1 }]);
      const chunks = lines.chunks(FIRST, MAX_BYTES);
      lines.release();
      return chunks;
    };
    const made = ["a", "b", "c"].map(make);
    expect(made.map((chunks) => textsIn(chunks)[0]![1])).to.deep.equal(["a", "b", "c"]);
  });

  it("do not mix with those of another part that is read at the same time", () => {
    const lines = ["a", "b"].map((letter) => ({ letter, of: new Lines("a", FIRST, 40) }));
    for (let place = 0; place < 40; place += 1) {
      for (const { letter, of } of lines)
        of.set(FIRST + place, written(JSON.stringify(letter.repeat(90))));
    }
    for (const { letter, of } of lines) {
      const texts = textsIn(of.chunks(FIRST + 39, MAX_BYTES));
      expect(texts).to.deep.equal(Array(40).fill(JSON.stringify(letter.repeat(90))));
      of.release();
    }
  });
});
