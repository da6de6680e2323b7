import { expect } from "chai";
import { validate, version } from "uuid";
import { newId } from "../../server/stream/new_id.ts";

describe("new ids", () => {
  const many = () => Array.from({ length: 20_000 }, newId);

  it("are UUIDs version 7 of about now", () => {
    for (const id of many()) {
      expect(validate(id) && version(id) === 7, id).to.equal(true);
      const milliseconds = Number.parseInt(id.replaceAll("-", "").slice(0, 12), 16);
      expect(milliseconds).to.be.closeTo(Date.now(), 10_000);
    }
  });

  it("each come after those before, within a millisecond and when the clock is put back", () => {
    const { now } = Date;
    const ids = many();
    try {
      Date.now = () => now() - 3_600_000;
      ids.push(...many());
    } finally {
      Date.now = now;
    }
    ids.push(...many());
    expect(ids).to.deep.equal([...ids].sort());
    expect(new Set(ids).size).to.equal(ids.length);
  });

  it("come after another id where they must, though another node's clock made it", () => {
    const digits = (Date.now() + 5_000).toString(16).padStart(12, "0");
    const ahead = `${digits.slice(0, 8)}-${digits.slice(8)}-7fff-bfff-ffffffffffff`;
    const ids = [newId(ahead), newId(), newId(ahead)];
    expect([ahead, ...ids]).to.deep.equal([ahead, ...ids].sort());
    expect(ids.every((id) => validate(id) && version(id) === 7)).to.equal(true);
  });
});
