import { expect } from "chai";
import fc from "fast-check";
import {
  type WriteJson,
  writeBigint,
  writeText,
  writeTime,
  writeUuid,
} from "../../server/database/binary_json.ts";

/** A signed number of 64 bits, as PostgreSQL sends it. */
function bigint(value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64BE(value);
  return bytes;
}

/** What is written of a value that has others before and after it. */
function written(write: WriteJson, value: Buffer): string {
  const from = Buffer.concat([Buffer.from("before"), value, Buffer.from('"after')]);
  const into = Buffer.alloc(6 * value.length + 100);
  const end = write(from, 6, 6 + value.length, into, 3);
  return into.toString("utf8", 3, end);
}

describe("the JSON of a value in PostgreSQL's binary format", () => {
  const unit = fc.oneof(
    fc.integer({ max: 0x7f, min: 1 }).map((code) => String.fromCharCode(code)),
    fc.constantFrom('"', "\\", "é", "\u2028", "\ufeff", "😀"),
  );
  const text = fc.string({ unit, maxLength: 40 });

  it("is what JSON.stringify gives for a text, letter by letter", () => {
    fc.assert(
      fc.property(text, (any) => {
        expect(written(writeText, Buffer.from(any))).to.equal(JSON.stringify(any));
      }),
      { numRuns: 1000 },
    );
  });

  it("is a time as toISOString writes it, whatever its microseconds", () => {
    const date = fc.date({
      min: new Date(-1e12),
      max: new Date("9999-12-31"),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(fc.array(date), fc.nat(999), (dates, more) => {
        for (const any of dates) {
          const value = BigInt(any.getTime() - Date.UTC(2000, 0, 1)) * 1000n + BigInt(more);
          expect(written(writeTime, bigint(value))).to.equal(JSON.stringify(any));
        }
      }),
    );
  });

  it("is a number as a number, and an id as its usual text", () => {
    for (const number of [0, 9, 10, 99, 100, 2 ** 31, 2 ** 32, 10 ** 15, 2 ** 53 - 1]) {
      expect(written(writeBigint, bigint(BigInt(number)))).to.equal(String(number));
    }
    const id = crypto.randomUUID();
    expect(written(writeUuid, Buffer.from(id.replaceAll("-", ""), "hex"))).to.equal(`"${id}"`);
  });

  it("says how much room it takes, though it has too little, and writes nothing beside it", () => {
    fc.assert(
      fc.property(text, fc.nat(40), (any, room) => {
        const value = Buffer.from(any);
        const memory = Buffer.alloc(room + 8);
        const end = writeText(value, 0, value.length, memory.subarray(0, room), 0);
        expect(end).to.equal(Buffer.byteLength(JSON.stringify(any)));
        expect(memory.subarray(room).equals(Buffer.alloc(8))).to.equal(true);
      }),
    );
  });
});
