import { expect } from "chai";
import Fraction from "fraction.js";
import type { Json } from "../../../contract/json.ts";
import { gameTheory } from "../../../server/orchestration/consensus/game_theory/index.ts";

const VOTERS = ["ada", "bob", "cem"];
const options = ["tea", "milk"];
const question = { options, voters: VOTERS };
const votesOf = (choices: Json[]) =>
  choices.map((choice, i) => ({ voter: VOTERS[i]!, choice, weight: new Fraction(1) }));

const predicted = (answer: string, tea: string, milk: string) => ({
  answer,
  prediction: { tea, milk },
});
const answers = [
  predicted("tea", "0.8", "0.2"),
  predicted("tea", "0.8", "0.2"),
  predicted("milk", "0.7", "0.3"),
];

/** Rule → config, ballots, who wins, and what is no ballot. */
const examples = {
  vickrey: { config: {}, ballots: [10, "10.5", 3], winners: ["bob"], bad: [-1, "x", { a: 1 }] },
  vcg: {
    config: {},
    ballots: [{ tea: 5 }, { milk: 3 }, { milk: "1.5" }],
    winners: ["tea"],
    bad: [{ beer: 1 }, [{ items: ["cup"], value: 1 }]],
  },
  nash: {
    config: {},
    voters: ["ada", "bob"],
    ballots: [
      [
        [2, 0],
        [0, 1],
      ],
      [
        [1, 0],
        [0, 2],
      ],
    ],
    winners: ["tea", "milk"],
    bad: [[[1, 2]], "tea"],
  },
  zero_sum: {
    config: { scenarios: ["sun", "rain"] },
    ballots: [
      [
        [1, 2],
        [0, 3],
      ],
    ],
    winners: ["tea"],
    bad: [[[1], [2]]],
  },
  shapley: {
    config: {},
    ballots: [
      [
        { coalition: ["tea"], worth: 1 },
        { coalition: ["milk", "tea"], worth: 3 },
      ],
    ],
    winners: ["tea"],
    bad: [[{ coalition: ["beer"], worth: 1 }]],
  },
  shapley_shubik: {
    config: { quota: 2 },
    ballots: ["tea", "milk", "tea"],
    winners: ["tea"],
    bad: ["beer"],
  },
  banzhaf: { config: { quota: 3 }, ballots: ["tea", "milk", "tea"], winners: [], bad: ["beer"] },
  bayesian_truth_serum: {
    config: {},
    ballots: answers,
    winners: ["milk"],
    bad: [predicted("tea", "1", "0"), predicted("beer", "0.5", "0.5")],
  },
  surprisingly_popular: {
    config: {},
    ballots: answers,
    winners: ["milk"],
    bad: [predicted("tea", "0.8", "0.3"), { answer: "tea", prediction: { tea: 1 } }],
  },
};

describe("rules of game theory", () => {
  for (const [name, example] of Object.entries(examples)) {
    const rule = gameTheory[name as "vickrey"];
    const config = example.config as Record<string, never>;
    const asked = { ...question, voters: "voters" in example ? example.voters : VOTERS };
    const votes = votesOf(example.ballots);

    it(`${name} elects, and the order of the ballots changes nothing`, () => {
      const count = rule.count({ config, question: asked, votes });
      expect(count.winners).to.deep.equal(example.winners);
      expect(rule.count({ config, question: asked, votes: votes.toReversed() })).to.deep.equal(
        count,
      );
    });

    it(`${name} takes its own ballots, and says what is wrong with others`, () => {
      for (const ballot of example.ballots)
        expect(rule.check(ballot, asked, config)).to.equal(null);
      for (const ballot of [...example.bad, null]) {
        expect(rule.check(ballot, asked, config), JSON.stringify(ballot)).to.be.a("string");
      }
    });

    it(`${name} elects nobody without ballots`, () => {
      expect(rule.count({ config, question: asked, votes: [] }).winners).to.deep.equal([]);
    });
  }

  it("an auction of several items names who gets what, and who pays what", () => {
    const bid = (value: number, ...items: string[]) => ({ items, value });
    const count = gameTheory.vcg.count({
      config: { items: ["x", "y"] },
      question: { options: [], voters: VOTERS },
      votes: votesOf([[bid(150, "x")], [bid(150, "y")], [bid(200, "x", "y")]]),
    });
    expect(count.winners).to.deep.equal(["ada: x; bob: y"]);
    expect(count.payments).to.deep.equal({ ada: "50", bob: "50", cem: "0" });
  });

  it("tied options are all told, and nobody pays unless a rule takes one of them", () => {
    const election = { question, votes: votesOf([{ tea: 2 }, { milk: 2 }]) };
    const none = gameTheory.vcg.count({ ...election, config: {} });
    expect(none.winners).to.deep.equal(options);
    expect(none).to.not.have.property("payments");
    const first = gameTheory.vcg.count({ ...election, config: { tie_break: "option_order" } });
    expect(first.payments).to.deep.equal({ ada: "2", bob: "0" });
  });

  it("a game too large decides nothing, and says so", () => {
    const many = Array.from({ length: 13 }, (_, option) => `o${option}`);
    const votes = votesOf([[{ coalition: ["o1"], worth: 1 }]]);
    const count = gameTheory.shapley.count({
      config: {},
      question: { options: many, voters: VOTERS },
      votes,
    });
    expect(count.winners).to.deep.equal([]);
    expect(count.why).to.include("12");
  });

  it("a ballot's numbers have denominators below 100, so that those of all ballots have one that is short", () => {
    const ballots = (number: string): [keyof typeof gameTheory, Json][] => [
      ["vickrey", number],
      ["vcg", { tea: number }],
      [
        "nash",
        [
          [number, 1],
          [1, 1],
        ],
      ],
      ["zero_sum", [[number], [1]]],
      ["shapley", [{ coalition: ["tea"], worth: number }]],
      ["surprisingly_popular", predicted("tea", number, "0")],
      ["bayesian_truth_serum", predicted("tea", number, "0")],
    ];
    const complaints = (number: string) =>
      ballots(number).map(([rule, choice]) =>
        gameTheory[rule].check(choice, question, { scenarios: ["sun"] }),
      );
    for (const complaint of complaints("1/100")) {
      expect(complaint).to.include("must have a denominator below 100");
    }
    for (const number of ["1/99", "0.123456789012345"]) {
      expect(complaints(number).join()).to.not.include("denominator");
    }
  });

  it("a question is refused that no ballot could answer, or whose ballots could not be counted", () => {
    const many = (count: number) => Array.from({ length: count }, (_, at) => `o${at}`);
    const two = ["ada", "bob"];
    const asked = (
      rule: keyof typeof gameTheory,
      options: string[],
      config = {},
      voters = VOTERS,
    ) => gameTheory[rule].checkQuestion({ options, voters }, config);
    const sun = { scenarios: ["sun"] };
    const quota = { quota: 1 };
    expect(asked("nash", options)).to.equal("The rule takes two voters, and there are 3");
    expect(asked("nash", many(7), {}, two)).to.equal("The rule takes 6 options at the most");
    expect(asked("nash", many(6), {}, two)).to.equal(null);
    expect(asked("zero_sum", many(17), sun)).to.equal("The rule takes 16 options at the most");
    expect(asked("zero_sum", options, { scenarios: many(17) })).to.include("16 scenarios");
    expect(asked("zero_sum", many(16), { scenarios: many(16) })).to.equal(null);
    expect(asked("shapley", many(13))).to.equal("The rule takes 12 options at the most");
    expect(asked("shapley", many(12))).to.equal(null);
    for (const rule of ["banzhaf", "shapley_shubik"] as const) {
      expect(asked(rule, options, quota, many(17))).to.equal(
        "The rule takes 16 voters at the most",
      );
      expect(asked(rule, options, { quota: 0 })).to.equal("The quota must be positive");
      expect(asked(rule, many(50), quota, many(16))).to.equal(null);
    }
    const needOptions = Object.keys(gameTheory).filter((rule) => rule !== "vickrey");
    for (const rule of needOptions as (keyof typeof gameTheory)[]) {
      const complaint = asked(rule, [], { ...sun, ...quota }, two);
      expect(complaint, rule).to.equal("There is no option");
    }
    expect(asked("vickrey", [])).to.equal(null);
    expect(asked("vcg", [], { items: ["lamp"] })).to.equal(null);
  });

  it("a bid that is said twice, or in another order, is no tie with itself", () => {
    const [once, other] = [
      { items: ["lamp", "desk"], value: 5 },
      { items: ["desk", "lamp", "desk"], value: 5 },
    ];
    const sold = (bids: Json[]) =>
      gameTheory.vcg.count({
        config: { items: ["lamp", "desk"] },
        question: { options: [], voters: VOTERS },
        votes: votesOf([bids, [{ items: ["lamp"], value: 3 }]]),
      });
    for (const bids of [
      [once, once],
      [once, other],
      [{ ...other, value: 4 }, once],
    ]) {
      const { winners, payments } = sold(bids);
      expect(winners).to.have.length(1);
      expect(payments).to.deep.equal({ ada: "3", bob: "0" });
    }
  });

  it("the truth serum's scores add up to zero but for rounding", () => {
    const { payments } = gameTheory.bayesian_truth_serum.count({
      config: {},
      question,
      votes: votesOf(answers),
    });
    expect(payments).to.deep.equal({ ada: "-0.186539", bob: "-0.186539", cem: "0.373077" });
  });
});
