import { expect } from "chai";
import { bigints, jsonbs, texts, timestamps, uuids } from "../../server/database/binary.ts";
import { useClient } from "../support/database.ts";

describe("arrays in PostgreSQL's binary format", () => {
  const using = useClient();

  /** What PostgreSQL understands, as JSON. */
  const understood = async (type: string, array: Buffer) => {
    const { rows } = await using.client.query(`SELECT to_json($1::${type}[]) AS json`, [array]);
    return rows[0].json;
  };

  it("are understood as what they were made of, also where neighbours are the same or absent", async () => {
    const [one, other] = [crypto.randomUUID(), crypto.randomUUID()];
    const ids = [one, one, null, null, other, one, other.toUpperCase()];
    const expected = ids.map((id) => id?.toLowerCase() ?? null);
    expect(await understood("uuid", uuids(ids))).to.deep.equal(expected);
    const numbers = [0, 1, 1, -1, 2 ** 31, 2 ** 32 - 1, 2 ** 32, -(2 ** 32) - 5, 2 ** 53 - 1];
    expect(await understood("bigint", bigints(numbers))).to.deep.equal(numbers);
    const said = ["", "é😀", "é😀", null, "null", '{"}\\'];
    expect(await understood("text", texts(said))).to.deep.equal(said);
    const json = ['{"a":[1,"é"]}', '{"a":[1,"é"]}', null, "{}"];
    const values = json.map((text) => text && JSON.parse(text));
    expect(await understood("jsonb", jsonbs(json))).to.deep.equal(values);
    const times = [
      "1969-12-31T23:59:59.999Z",
      "2026-03-01T10:00:00.250Z",
      "9999-01-01T00:00:00.001Z",
    ];
    const stored = (await understood("timestamptz", timestamps(times))) as string[];
    expect(stored.map((time) => new Date(time).toISOString())).to.deep.equal(times);
    expect(await understood("uuid", uuids([]))).to.deep.equal([]);
  });

  it("are not made of what is no UUID", () => {
    const id = crypto.randomUUID();
    for (const wrong of ["", id.slice(1), `${id}0`, id.replace(/.$/, "g"), id.replace(/.$/, "ģ")]) {
      expect(() => uuids([wrong]), wrong).to.throw("not a UUID");
    }
  });
});
