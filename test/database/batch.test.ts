import { expect } from "chai";
import fc from "fast-check";
import { Batch } from "../../server/database/batch.ts";
import { useClient } from "../support/database.ts";

const TEXTS = "SELECT text FROM unnest($1::text[]) AS texts (text)";

describe("a batch of statements", () => {
  const using = useClient();

  /** Runs a batch. @returns what was added to it */
  function run<Added>(add: (batch: Batch) => Added): Added {
    const batch = new Batch(using.client);
    const added = add(batch);
    using.client.query(batch);
    return added;
  }

  /** The only value of a row, which is a text. */
  const textOf = (bytes: Buffer, row: number) =>
    bytes.toString("utf8", row + 6, row + 6 + bytes.readInt32BE(row + 2));

  it("gets its rows whole and in order, however they are cut on their way, raw or not", async () => {
    const text = fc
      .record({ letters: fc.string({ unit: "grapheme" }), times: fc.constantFrom(1, 90, 20_000) })
      .map(({ letters, times }) => letters.replaceAll("\0", "").repeat(times));
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(text), { minLength: 1, maxLength: 4 }), async (some) => {
        const raw: string[][] = some.map(() => []);
        const [parsed] = await run((batch) =>
          Promise.all([
            Promise.all(some.map((texts) => batch.add(TEXTS, [texts]))),
            ...some.map((texts, index) =>
              batch.addRaw(TEXTS, [texts], (bytes, row) => raw[index]!.push(textOf(bytes, row))),
            ),
          ]),
        );
        expect(raw).to.deep.equal(some);
        expect(parsed).to.deep.equal(some.map((texts) => texts.map((text) => ({ text }))));
      }),
      { numRuns: 10 },
    );
  });

  it("leaves to pg what pg itself asks for, before, between and after", async () => {
    const long = "é".repeat(200_000);
    for (let turn = 0; turn < 3; turn += 1) {
      const { rows } = await using.client.query("SELECT $1::text AS text, 7 AS number", [long]);
      expect(rows).to.deep.equal([{ text: long, number: 7 }]);
      expect(await run((batch) => batch.add("SELECT 7 AS number", []))).to.deep.equal([
        { number: 7 },
      ]);
    }
  });

  it("fails with what is thrown over a row, and the connection goes on", async () => {
    const thrown = new Error("nothing can be made of it");
    let rows = 0;
    const failing = run((batch) =>
      batch.addRaw(TEXTS, [["a", "b", "c"]], () => {
        rows += 1;
        if (rows === 2) throw thrown;
      }),
    );
    expect(await failing.catch((error) => error)).to.equal(thrown);
    expect(await run((batch) => batch.add(TEXTS, [["d"]]))).to.deep.equal([{ text: "d" }]);
  });

  it("fails when PostgreSQL refuses a statement after rows, and the connection goes on", async () => {
    const failing = run((batch) =>
      batch.addRaw("SELECT (8 / n)::text FROM generate_series(2, 0, -1) n", [], () => {}),
    );
    expect((await failing.catch((error) => error)).message).to.include("division by zero");
    const { rows } = await using.client.query("SELECT 1 AS one");
    expect(rows).to.deep.equal([{ one: 1 }]);
  });
});
