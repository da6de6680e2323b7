import { expect } from "chai";
import { gather } from "../server/gather.ts";

describe("questions of one turn of the event loop", () => {
  it("are answered together, each asked once", async () => {
    const asked: number[][] = [];
    const double = gather(async (numbers: number[]) => {
      asked.push(numbers);
      return new Map(numbers.filter((number) => number > 0).map((number) => [number, number * 2]));
    });
    expect(await Promise.all([double(1), double(2), double(1), double(-1)])).to.deep.equal([
      2,
      4,
      2,
      undefined,
    ]);
    expect(asked).to.deep.equal([[1, 2, -1]]);
  });

  it("are not answered by what was read before they were asked", async () => {
    let state = "old";
    const reads: (() => void)[] = [];
    const read = gather(async (names: string[]) => {
      const found = state;
      await new Promise<void>((resolve) => reads.push(resolve));
      return new Map(names.map((name) => [name, found]));
    });
    const before = read("a");
    await turn(() => reads.length === 1);
    state = "new";
    const after = read("a");
    await turn(() => reads.length === 2);
    for (const resolve of reads) resolve();
    expect([await before, await after]).to.deep.equal(["old", "new"]);
  });

  it("all fail when their one answer fails, and later ones do not", async () => {
    let away = true;
    const ask = gather(async (names: string[]) => {
      if (away) throw new Error("away");
      return new Map(names.map((name) => [name, true]));
    });
    const results = await Promise.allSettled([ask("a"), ask("b")]);
    expect(results.map(({ status }) => status)).to.deep.equal(["rejected", "rejected"]);
    away = false;
    expect(await ask("a")).to.equal(true);
  });
});

async function turn(until: () => boolean): Promise<void> {
  while (!until()) await new Promise(setImmediate);
}
