import { expect } from "chai";
import fc from "fast-check";
import { bayesianTruthSerum } from "../../../server/orchestration/consensus/game_theory/bayesian_truth_serum.ts";
import {
  sharesOf,
  surprisinglyPopular,
} from "../../../server/orchestration/consensus/game_theory/surprisingly_popular.ts";

const ANSWERS = ["tea", "milk", "water"];
/** Predictions in tenths, of which every answer has one at least. */
const said = fc.array(
  fc
    .tuple(
      fc.constantFrom(...ANSWERS),
      fc
        .integer({ min: 1, max: 8 })
        .chain((a) => fc.tuple(fc.constant(a), fc.integer({ min: 1, max: 9 - a }))),
    )
    .map(([answer, [a, b]]) => ({
      answer,
      prediction: { tea: `${a}/10`, milk: `${b}/10`, water: `${10 - a - b}/10` },
    })),
  { minLength: 1, maxLength: 8 },
);

const share = (fraction: string) => Number(fraction.split("/")[0]) / Number(fraction.split("/")[1]);

describe("answers with predictions", () => {
  it("truth serum: the scores add up to zero but for rounding", () => {
    fc.assert(
      fc.property(said, (people) => {
        const { scores, sum } = bayesianTruthSerum(ANSWERS, people);
        expect(scores).to.have.length(people.length);
        expect(Math.abs(Number(sum))).to.be.at.most(people.length * 0.5e-6 + 1e-9);
      }),
    );
  });

  it("truth serum: those answers win whose information score is highest", () => {
    fc.assert(
      fc.property(said, (people) => {
        const information = (answer: string) => {
          const given = people.filter((one) => one.answer === answer).length / people.length;
          const logs = people.map(({ prediction }) => Math.log(share(prediction[answer as "tea"])));
          return Math.log(given) - logs.reduce((a, b) => a + b, 0) / people.length;
        };
        const highest = Math.max(...ANSWERS.map(information));
        const winners = ANSWERS.filter((answer) => information(answer) > highest - 1e-9);
        expect(bayesianTruthSerum(ANSWERS, people).winners).to.deep.equal(winners);
      }),
    );
  });

  it("surprisingly popular: the surprises add up to zero, and ties are told", () => {
    fc.assert(
      fc.property(said, (people) => {
        const { frequencies, mean_predicted } = sharesOf(ANSWERS, people);
        const { surprise, winners } = surprisinglyPopular(frequencies, mean_predicted);
        const greatest = Math.max(
          ...ANSWERS.map((answer) => {
            const given = people.filter((one) => one.answer === answer).length;
            const expected = people.map(({ prediction }) => share(prediction[answer as "tea"]));
            return given - expected.reduce((a, b) => a + b, 0);
          }),
        );
        expect(winners).to.not.be.empty;
        for (const winner of winners) {
          const [over, under = 1] = surprise[winner]!.split("/").map(Number);
          expect((over! / under) * people.length).to.be.closeTo(greatest, 1e-9);
        }
      }),
    );
    const even = { yes: "1/3", no: "2/3" };
    expect(surprisinglyPopular(even, even).winners).to.deep.equal(["yes", "no"]);
  });

  it("a prediction that is impossible is refused", () => {
    const of = (tea: number, milk: number) => [
      { answer: "tea", prediction: { tea, milk, water: 0 } },
    ];
    expect(() => bayesianTruthSerum(ANSWERS, of(0.5, 0.5))).to.throw(RangeError, "above 0");
    expect(() => sharesOf(ANSWERS, of(0.5, 0.4))).to.throw(RangeError, "add up to 1");
    expect(() => sharesOf(ANSWERS, [])).to.throw(RangeError);
  });
});
