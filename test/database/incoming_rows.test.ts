import { EventEmitter } from "node:events";
import { expect } from "chai";
import type pg from "pg";
import { IncomingRows } from "../../server/database/incoming_rows.ts";

/** A message of PostgreSQL's protocol: its kind, its length, and this many bytes. */
function message(kind: string, size: number): Buffer {
  const bytes = Buffer.alloc(5 + size, kind.toLowerCase());
  bytes.write(kind, "latin1");
  bytes.writeInt32BE(4 + size, 1);
  return bytes;
}

describe("the rows that come in on a connection", () => {
  const messages = [
    message("2", 0),
    message("D", 0),
    message("D", 7),
    message("C", 3),
    message("D", 30),
    message("Z", 1),
    message("D", 2),
    message("S", 12),
  ];
  const rows = messages.filter((one) => one[0] === "D".charCodeAt(0));
  const others = messages.filter((one) => !rows.includes(one));

  /** What is made of the messages, cut into pieces of a size. */
  function cutInto(size: number, takes: boolean) {
    const stream = new EventEmitter();
    const passed: Buffer[] = [];
    const taken: Buffer[] = [];
    stream.on("data", (bytes: Buffer) => passed.push(Buffer.from(bytes)));
    const incoming = IncomingRows.of({ stream } as unknown as pg.Connection);
    expect(IncomingRows.of({ stream } as unknown as pg.Connection)).to.equal(incoming);
    if (takes) {
      incoming.taker = (bytes, at) => {
        const start = at - 5;
        taken.push(Buffer.from(bytes.subarray(start, start + 1 + bytes.readInt32BE(start + 1))));
      };
    }
    const bytes = Buffer.concat(messages);
    for (let at = 0; at < bytes.length; at += size)
      stream.emit("data", bytes.subarray(at, at + size));
    return { passed: Buffer.concat(passed), taken };
  }

  it("are whole wherever what comes is cut, and pg gets all the rest", () => {
    for (let size = 1; size <= Buffer.concat(messages).length; size += 1) {
      const { passed, taken } = cutInto(size, true);
      expect(taken, `in pieces of ${size}`).to.deep.equal(rows);
      expect(passed, `in pieces of ${size}`).to.deep.equal(Buffer.concat(others));
    }
  });

  it("go to pg where nobody takes them", () => {
    for (const size of [1, 4, 5, 1000]) {
      expect(cutInto(size, false).passed).to.deep.equal(Buffer.concat(messages));
    }
  });

  it("are not taken where pg listens in another way", () => {
    const stream = new EventEmitter();
    const connection = { stream } as unknown as pg.Connection;
    expect(() => IncomingRows.of(connection)).to.throw("in another way");
  });
});
