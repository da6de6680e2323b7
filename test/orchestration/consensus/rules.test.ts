import { expect } from "chai";
import fc from "fast-check";
import type { Json, JsonObject } from "../../../contract/json.ts";
import { readMechanism, readNewMechanism } from "../../../contract/mechanism_config.ts";
import {
  checkBallot,
  checkQuestion,
  type Mechanism,
  outcomeOf,
  recompute,
  settle,
} from "../../../server/orchestration/consensus/settle.ts";
import type { Ballot, Outcome } from "../../../server/orchestration/consensus/types.ts";
import { type Vote, votes } from "./arbitrary.ts";

const voters = ["Ada", "Bob", "Cyd", "Dee"];
const options = ["tea", "milk", "soup"];
const question = { options, voters };
const open = { all_voted: false, deadline_passed: false };

const democratic = (rule: string, config: JsonObject = {}): Mechanism => ({
  type: "democratic",
  config: { rule, ...config },
});
const autocratic = (rule: string, config: JsonObject): Mechanism => ({
  type: "autocratic",
  config: { rule, ...config },
});

const custom = (expression: JsonObject): Mechanism => ({
  type: "custom",
  config: { rule: "expression", expression },
});

/** Ballots by the voters in their order. */
const ballotsOf = (...choices: Json[]): Ballot[] =>
  choices.map((choice, place) => ({ voter: voters[place]!, choice }));

const winner = (mechanism: Mechanism, ...choices: Json[]) =>
  outcomeOf(mechanism, question, ballotsOf(...choices)).winner;

const closes = (mechanism: Mechanism, ...choices: Json[]) =>
  settle(mechanism, question, ballotsOf(...choices), open).kind === "closed";

describe("one who decides", () => {
  it("decides at once, and their delegate where they have not when time is over", () => {
    const mechanism = autocratic("authority", { authority: "Dee", delegate: "Bob" });
    const without = [{ voter: "Bob", choice: "tea" }];
    const decided = [...without, { voter: "Dee", choice: "soup" }];
    expect(settle(mechanism, question, without, open).kind).to.equal("open");
    expect(settle(mechanism, question, decided, open).kind).to.equal("closed");
    expect(outcomeOf(mechanism, question, decided).winner).to.equal("soup");
    expect(outcomeOf(mechanism, question, without).winner).to.equal("tea");
    expect(outcomeOf(mechanism, question, []).no_decision).to.equal(true);
  });

  it("waits for the others as a judge", () => {
    const mechanism = autocratic("judge", { authority: "Ada" });
    expect(closes(mechanism, "soup", "tea", "tea")).to.equal(false);
    expect(winner(mechanism, "soup", "tea", "tea", "tea")).to.equal("soup");
    expect(winner(mechanism, "abstain", "tea", "tea", "tea")).to.equal(null);
  });

  it("may only object as a holder of a veto, and nobody else may", () => {
    const mechanism = autocratic("veto", { veto_holders: ["Bob"] });
    expect(winner(mechanism, "tea", "veto", "tea", "tea")).to.equal(null);
    expect(closes(mechanism, "tea", "veto")).to.equal(true);
    expect(winner(mechanism, "tea", "tea", "veto", "veto")).to.equal("tea");
    expect(closes(mechanism, "tea", "tea", "tea")).to.equal(true);
  });
});

describe("a share", () => {
  it("of votes is exact: two thirds are two of three, and 0.66 is less", () => {
    const exactly = ["tea", "tea", "soup"];
    expect(winner(democratic("supermajority", { threshold: "2/3" }), ...exactly)).to.equal("tea");
    const more = { threshold: "0.666666666666667" };
    expect(winner(democratic("supermajority", more), ...exactly)).to.equal(null);
    const weights = { Ada: "0.1", Bob: "0.2", Cyd: "0.3" };
    expect(winner(democratic("plurality", { weights }), "tea", "tea", "soup")).to.equal(null);
  });

  it("is more than nothing and at most all, and scores have a range", () => {
    const isRight = (config: JsonObject) => readMechanism("democratic", config).success;
    for (const threshold of ["0", "3/2", "1.000000000000001"]) {
      expect(isRight({ rule: "supermajority", threshold }), threshold).to.equal(false);
      expect(isRight({ rule: "plurality", quorum: { at_least: threshold } })).to.equal(false);
    }
    expect(isRight({ rule: "supermajority", threshold: "1" })).to.equal(true);
    expect(isRight({ rule: "range", min: 20 })).to.equal(false);
  });

  it("of weights is exact, and weights whose common denominator is long are refused", () => {
    const about = (...list: string[]) => {
      const weights = Object.fromEntries(list.map((weight, at) => [voters[at]!, weight]));
      return checkQuestion(democratic("plurality", { weights }), question);
    };
    expect(about("1/3", "1/7", "0.333333333333333")).to.deep.equal([]);
    expect(about("1/999999999999989", "1/999999999999947")).to.deep.equal([
      "The weights have a common denominator of more than 20 digits",
    ]);
  });

  it("of those who take part is a quorum, of all voters or of all ballots", () => {
    const withQuorum = (quorum: JsonObject) => democratic("plurality", { quorum });
    const half = { at_least: "1/2" };
    expect(winner(withQuorum(half), "tea")).to.equal(null);
    expect(winner(withQuorum(half), "tea", "abstain")).to.equal("tea");
    expect(winner(withQuorum({ ...half, abstentions: "ignore" }), "tea", "abstain")).to.equal(null);
    const ofCast = { ...half, base: "cast", abstentions: "ignore" };
    expect(winner(withQuorum(ofCast), "tea", "abstain")).to.equal("tea");
    expect(winner(withQuorum(ofCast), "tea", "abstain", "abstain")).to.equal(null);
    expect(closes(withQuorum({ at_least: "1" }), "tea", "tea", "tea")).to.equal(false);
  });
});

describe("a tie", () => {
  it("decides nothing unless the first named is to be taken, and says so", () => {
    const ballots = ballotsOf("soup", "milk");
    const none = outcomeOf(democratic("plurality"), question, ballots);
    expect(none.winner).to.equal(null);
    expect(none.tie_break).to.deep.equal({ tied: ["milk", "soup"], rule: "no_decision" });
    const first = outcomeOf(
      democratic("plurality", { tie_break: "option_order" }),
      question,
      ballots,
    );
    expect(first.winner).to.equal("milk");
    expect(first.tie_break).to.deep.equal({ tied: ["milk", "soup"], rule: "option_order" });
  });

  it("is what equal majorities in a circle make, whichever option is named first", () => {
    const circle = [
      ["tea", "milk", "soup"],
      ["milk", "soup", "tea"],
      ["soup", "tea", "milk"],
    ];
    for (const named of circle) {
      for (const rule of ["copeland", "schulze", "ranked_pairs", "minimax", "kemeny_young"]) {
        const all = { options: named, voters };
        const { winner, tie_break } = outcomeOf(democratic(rule), all, ballotsOf(...circle));
        expect(winner, rule).to.equal(null);
        expect(tie_break?.tied, rule).to.have.members(options);
        const first = democratic(rule, { tie_break: "option_order" });
        expect(outcomeOf(first, all, ballotsOf(...circle)).winner, rule).to.equal(named[0]);
      }
    }
  });

  it("for last ends an instant runoff only where it matters who is struck", () => {
    const runoff = democratic("instant_runoff");
    const many = { options: ["a", "b", "c", "d", "e"], voters: ["1", "2", "3", "4", "5"] };
    const cast = (...rankings: string[][]) =>
      rankings.map((choice, place) => ({ voter: many.voters[place]!, choice }));
    const nobodyForTwo = cast(["a"], ["a"], ["b"], ["b"], ["c", "a"]);
    expect(outcomeOf(runoff, many, nobodyForTwo).winner).to.equal("a");
    const matters = outcomeOf(runoff, many, cast(["a"], ["a"], ["b", "c"], ["c", "b"]));
    expect(matters.winner).to.equal(null);
    expect(matters.tie_break).to.deep.equal({ tied: ["b", "c"], rule: "no_decision" });
  });

  it("of ranked pairs is between all who win under some order of equal victories", () => {
    let single = 0;
    fc.assert(
      fc.property(votes(["ranked_pairs"], 3), ({ mechanism, question, ballots }) => {
        const { quorum: _, ...config } = mechanism.config;
        const outcome = outcomeOf({ ...mechanism, config }, question, ballots);
        fc.pre(isCounted({ mechanism, ballots }));
        const winners = outcome.tie_break ? outcome.tie_break.tied : [outcome.winner];
        const possible = winnersInAnyOrder(outcome);
        expect(winners).to.include.members([...possible]);
        if (winners.length === 1) single++;
      }),
      { numRuns: 500 },
    );
    expect(single).to.be.greaterThan(0);
  });
});

/** Whether anybody's vote weighs something. */
const isCounted = ({ mechanism, ballots }: Pick<Vote, "mechanism" | "ballots">) => {
  const weights = (mechanism.config.weights ?? {}) as Record<string, string>;
  return ballots.some(({ voter, choice }) => choice !== "abstain" && weights[voter] !== "0");
};

/** How a tally names a pair of options. */
const pairOf = (options: readonly string[], a: string, b: string) =>
  options.some((option) => option.includes(">"))
    ? `${JSON.stringify(a)}>${JSON.stringify(b)}`
    : `${a}>${b}`;

/** Who wins ranked pairs when equally strong victories are taken in some order. */
function winnersInAnyOrder({ options, tally }: Outcome): Set<string> {
  const weights = tally as Record<string, string>;
  const of = (a: string, b: string) => {
    const [part, whole = "1"] = weights[pairOf(options, a, b)]!.split("/");
    return Number(part) / Number(whole);
  };
  const victories = options
    .flatMap((a) => options.filter((b) => a !== b).map((b) => ({ a, b })))
    .filter(({ a, b }) => of(a, b) > of(b, a));
  const winners = new Set<string>();
  for (const order of ordersOf(victories)) {
    const strength = (one: { a: string; b: string }) => [of(one.a, one.b), -of(one.b, one.a)];
    const sorted = order.every((one, i) => {
      const [votes, against] = strength(one);
      const [nextVotes, nextAgainst] = strength(order[i + 1] ?? one);
      return votes! > nextVotes! || (votes === nextVotes && against! >= nextAgainst!);
    });
    if (!sorted) continue;
    const locked: { a: string; b: string }[] = [];
    const leads = (from: string, to: string): boolean =>
      from === to || locked.some(({ a, b }) => a === from && leads(b, to));
    for (const one of order) if (!leads(one.b, one.a)) locked.push(one);
    for (const option of options) {
      if (!locked.some(({ b }) => b === option)) winners.add(option);
    }
  }
  return winners;
}

const ordersOf = <Item>(items: readonly Item[]): Item[][] =>
  items.length === 0
    ? [[]]
    : items.flatMap((first, i) => ordersOf(items.toSpliced(i, 1)).map((rest) => [first, ...rest]));

describe("a rule for rankings", () => {
  it("names each pair of options by itself, also where their names have an arrow", () => {
    const named = (list: string[]) =>
      Object.keys(
        outcomeOf(democratic("condorcet"), { options: list, voters }, []).tally as object,
      );
    expect(named(["a", "b"])).to.deep.equal(["a>b", "b>a"]);
    expect(named(["a", "b>c"])).to.deep.equal(['"a">"b>c"', '"b>c">"a"']);
    for (const list of [
      ["a", "a>b", "b>c", "c"],
      ["x>", '"x', 'z"', ">z"],
    ]) {
      expect(named(list), list.join(" ")).to.have.length(12);
    }
  });

  it("takes no more options than can be compared, and no more text than can be kept", () => {
    const long = (count: number) =>
      Array.from({ length: count }, (_, i) => `${i}`.padEnd(200, "x"));
    for (const rule of ["condorcet", "copeland", "schulze", "ranked_pairs", "minimax"]) {
      const about = (list: string[]) => checkQuestion(democratic(rule), { options: list, voters });
      expect(about(long(50)), rule).to.deep.equal([]);
      expect(about(long(60)), rule).to.deep.equal(["So many options are too long for this rule"]);
      const many = Array.from({ length: 101 }, (_, i) => `${i}`);
      expect(about(many), rule).to.deep.equal(["The rule takes 100 options at the most"]);
    }
  });

  it("takes a hundred options, but for Kemeny-Young, which says how many it takes", () => {
    const many = Array.from({ length: 100 }, (_, i) => `option ${i}`);
    const all = { options: many, voters };
    const ballots = voters.map((voter, i) => ({
      voter,
      choice: [many[0]!, ...many.slice(i + 1), ...many.slice(1, i + 1)],
    }));
    for (const rule of ["ranked_pairs", "schulze", "copeland", "minimax", "borda"]) {
      expect(checkQuestion(democratic(rule), all), rule).to.deep.equal([]);
      expect(outcomeOf(democratic(rule), all, ballots).winner, rule).to.equal("option 0");
    }
    const kemeny = democratic("kemeny_young");
    expect(checkQuestion(kemeny, all)).to.deep.equal(["Kemeny-Young takes 10 options at the most"]);
    expect(outcomeOf(kemeny, all, ballots).no_decision).to.equal(true);
    expect(outcomeOf(kemeny, { ...all, options: many.slice(0, 10) }, []).winner).to.equal(null);
  });

  it("finds the order that agrees with most, as trying all of them does", () => {
    fc.assert(
      fc.property(votes(["kemeny_young"], 4), ({ mechanism, question, ballots }) => {
        fc.pre(isCounted({ mechanism, ballots }));
        const { tally } = outcomeOf(mechanism, question, ballots);
        const { pairwise, orders } = tally as {
          pairwise: Record<string, string>;
          orders: string[][];
        };
        const score = (order: readonly string[]) =>
          order.reduce(
            (sum, a, i) =>
              order.slice(i + 1).reduce((all, b) => {
                const [part, whole = "1"] = pairwise[pairOf(question.options, a, b)]!.split("/");
                return all + (Number(part) * 6) / Number(whole);
              }, sum),
            0,
          );
        const all = ordersOf(question.options);
        const best = Math.max(...all.map(score));
        expect(orders).to.have.deep.members(all.filter((order) => score(order) === best));
      }),
    );
  });
});

describe("a question", () => {
  it("is refused when it could not be settled", () => {
    const about = (options: string[], mechanism = democratic("plurality")) =>
      checkQuestion(mechanism, { options, voters });
    expect(about(["tea", "tea"])).to.deep.equal(["An option is named twice"]);
    expect(about(["tea", "abstain"])).to.deep.equal(["No option may be called abstain"]);
    expect(about([])).to.deep.equal(["There is no option"]);
    expect(about(["veto"], autocratic("veto", { veto_holders: ["Ada"] }))).to.have.length(1);
    expect(about(["tea"], autocratic("authority", { authority: "Eve" }))).to.deep.equal([
      "Eve has no vote",
    ]);
    expect(about(options)).to.deep.equal([]);
  });
});

describe("a ballot", () => {
  it("is refused when the rule does not understand it", () => {
    const wrong: [string, Json[]][] = [
      ["plurality", ["cola", ["tea"], 1]],
      ["approval", ["tea", ["tea", "tea"], ["cola"]]],
      ["range", [{ tea: 11 }, { tea: "0.5.5" }, { cola: 1 }, { tea: 0.5 }, [], {}, "tea"]],
      ["borda", ["tea", [["tea"], ["tea"]], ["cola"], [["tea", 1]]]],
    ];
    for (const [rule, choices] of wrong) {
      for (const choice of choices) {
        const complaints = checkBallot(democratic(rule), question, choice);
        expect(complaints, `${rule} ${JSON.stringify(choice)}`).to.have.length(1);
      }
    }
    expect(checkBallot(democratic("range"), question, { tea: "0.5" })).to.deep.equal([]);
  });

  it("that could not have been cast is not counted again", () => {
    const outcome = outcomeOf(democratic("plurality"), question, ballotsOf("tea"));
    const cast =
      (...ballots: Ballot[]) =>
      () =>
        recompute({ ...outcome, ballots });
    expect(cast({ voter: "Eve", choice: "tea" })).to.throw("Eve: has no vote");
    expect(cast(...ballotsOf("tea"), ...ballotsOf("tea"))).to.throw("Ada: voted twice");
    expect(cast({ voter: "Ada", choice: "cola" })).to.throw("Ada: must be one of");
  });
});

describe("an expression over the tally", () => {
  it("names the winner, sees a tie exactly, and can decide nothing", () => {
    const clear = {
      if: [
        { "==": [{ reduce: [{ var: "leaders" }, { "+": [{ var: "accumulator" }, 1] }, 0] }, 1] },
        { var: "leaders.0" },
        "soup",
      ],
    };
    expect(winner(custom(clear), "milk", "milk", "tea")).to.equal("milk");
    expect(winner(custom(clear), "milk", "milk", "tea", "tea")).to.equal("soup");
    expect(winner(custom({ var: "tally.0.option" }), "milk", "milk", "tea")).to.equal("milk");
    expect(winner(custom({ var: "tally.0.votes" }), "milk")).to.equal(null);
  });

  it("and whoever objects are the same in whatever order ballots came", () => {
    const came = ballotsOf("tea", "milk").reverse();
    const first = custom({ var: "ballots.0.choice" });
    expect(outcomeOf(first, question, came).winner).to.equal("tea");
    const veto = autocratic("veto", { veto_holders: ["Ada", "Bob"] });
    const objections = ballotsOf("veto", "veto").reverse();
    expect(outcomeOf(veto, question, objections).why).to.equal("Ada said no");
  });
});

describe("a rule of consensus at its edges", () => {
  const game = (rule: string, config: JsonObject = {}): Mechanism => ({
    type: "game_theory",
    config: { rule, ...config },
  });
  const settled = (mechanism: Mechanism, options: string[], by: Record<string, Json>, more = 0) => {
    const ballots = Object.entries(by).map(([voter, choice]) => ({ voter, choice }));
    const silent = Array.from({ length: more }, (_, n) => `silent ${n}`);
    const outcome = outcomeOf(
      mechanism,
      { options, voters: [...Object.keys(by), ...silent] },
      ballots,
    );
    return { winner: outcome.winner, payments: outcome.payments ?? {} };
  };
  const nothing = { winner: null, payments: {} };
  const first = { tie_break: "option_order" };

  it("strikes the option named last where all are tied, for whom its ballots may elect another", () => {
    const rankings = {
      Ada: ["tea", "milk", "soup"],
      Bob: ["milk", "soup", "tea"],
      Cyd: ["soup", "milk", "tea"],
    };
    const inOrder = democratic("instant_runoff", first);
    expect(settled(inOrder, ["tea", "milk", "soup"], rankings).winner).to.equal("milk");
    expect(settled(democratic("instant_runoff"), options, rankings).winner).to.equal(null);
  });

  it("lets the winner of an auction pay, and nobody where nobody wins", () => {
    const bids = { Ada: 5, Bob: 5, Cyd: 3 };
    const won = { winner: "Ada", payments: { Ada: "5" } };
    expect(settled(game("vickrey", first), [], bids)).to.deep.equal(won);
    expect(settled(game("vickrey"), [], bids)).to.deep.equal(nothing);
    const quorum = { quorum: { at_least: "1" } };
    expect(settled(game("vickrey", quorum), [], { Ada: 5, Bob: 4 }, 1)).to.deep.equal(nothing);
    const worth = { Ada: { tea: 5 }, Bob: { milk: 4 } };
    expect(settled(game("vcg", quorum), options, worth, 1)).to.deep.equal(nothing);
  });

  it("sells nothing where nobody bids", () => {
    expect(settled(game("vcg", { items: ["lamp"] }), [], { Ada: [], Bob: [] })).to.deep.equal(
      nothing,
    );
  });

  it("lets the option named first go before, also where options are numbers", () => {
    const prediction = { "10": "1/2", "2": "1/2" };
    const said = { Ada: { answer: "10", prediction }, Bob: { answer: "2", prediction } };
    expect(settled(game("surprisingly_popular", first), ["10", "2"], said).winner).to.equal("10");
  });

  it("elects nobody by votes that weigh nothing, or none", () => {
    const weights = { ...first, weights: { Ada: "0" } };
    for (const config of [
      { rule: "plurality" },
      { rule: "supermajority", threshold: "2/3" },
      { rule: "unanimity" },
    ]) {
      const mechanism = democratic(config.rule, { ...config, ...weights });
      expect(settled(mechanism, options, { Ada: "milk" }), config.rule).to.deep.equal(nothing);
    }
    const approval = democratic("approval", first);
    expect(settled(approval, options, { Ada: [], Bob: [] })).to.deep.equal(nothing);
  });

  it("elects nobody by votes that weigh nothing, under any rule", () => {
    const weights = { ...first, weights: { Ada: "0", Bob: "0" } };
    const rankings = ["borda", "instant_runoff", "condorcet", "copeland", "schulze", "minimax"];
    const rules: [Mechanism, Json][] = [
      ...[...rankings, "ranked_pairs", "kemeny_young"].map((rule): [Mechanism, Json] => [
        democratic(rule, weights),
        ["milk", "soup"],
      ]),
      [democratic("range", weights), { milk: 5 }],
      [game("vcg", weights), { milk: 5 }],
      [game("zero_sum", { ...weights, scenarios: ["sun"] }), [["1"], ["2"], ["3"]]],
      [game("shapley", weights), [{ coalition: ["milk"], worth: 1 }]],
    ];
    for (const [mechanism, choice] of rules) {
      const { rule } = mechanism.config;
      const by = { Ada: choice, Bob: choice };
      expect(settled(mechanism, options, by), `${rule}`).to.deep.equal(nothing);
    }
  });

  it("hears who decides by name, whatever they weigh", () => {
    const weights = { weights: { Ada: "0" } };
    for (const rule of ["authority", "judge"]) {
      const mechanism = autocratic(rule, { authority: "Ada", ...weights });
      expect(settled(mechanism, options, { Ada: "milk", Bob: "tea" }).winner, rule).to.equal(
        "milk",
      );
    }
    const veto = autocratic("veto", { veto_holders: ["Ada"], ...weights });
    expect(settled(veto, options, { Ada: "veto", Bob: "tea" })).to.deep.equal(nothing);
  });

  it("weighs answers and values, and what is predicted", () => {
    const even = { tea: "1/2", milk: "1/2" };
    const said = { Ada: { answer: "tea", prediction: even } };
    const others = {
      Bob: { answer: "milk", prediction: even },
      Cyd: { answer: "milk", prediction: even },
    };
    const two = ["tea", "milk"];
    const weights = { weights: { Ada: "10" } };
    const popular = (config: JsonObject, by: Record<string, Json>) =>
      settled(game("surprisingly_popular", config), two, by).winner;
    expect(popular({}, { ...said, ...others })).to.equal("milk");
    expect(popular(weights, { ...said, ...others })).to.equal("tea");
    // Half of the weight says tea, and 11/20 are expected to; without weights it would be 13/30.
    const expected = (answer: string, tea: string, milk: string) => ({
      answer,
      prediction: { tea, milk },
    });
    const sure = expected("tea", "0.9", "0.1");
    const doubtful = expected("milk", "0.2", "0.8");
    const heavy = { weights: { Ada: "2" } };
    expect(popular(heavy, { Ada: sure, Bob: doubtful, Cyd: doubtful })).to.equal("milk");
    const worth = { Ada: { tea: 1 }, Bob: { milk: 2 }, Cyd: { milk: 2 } };
    // Ada pays in her own weight for the 4 that the others lose.
    const paid = { winner: "tea", payments: { Ada: "2/5", Bob: "0", Cyd: "0" } };
    expect(settled(game("vcg", weights), two, worth)).to.deep.equal(paid);
  });

  it("is refused in a new mechanism where a part of it means nothing, and is still read in an old one", () => {
    const meaningless: JsonObject[] = [
      ...["vickrey", "nash", "bayesian_truth_serum"].map((rule) => ({
        rule,
        weights: { Ada: "2" },
      })),
      { rule: "banzhaf", quota: 0 },
      { rule: "shapley_shubik", quota: "0/5" },
    ];
    for (const config of meaningless) {
      expect(readNewMechanism("game_theory", config).success, `${config.rule}`).to.equal(false);
      expect(readMechanism("game_theory", config).success, `${config.rule}`).to.equal(true);
    }
    for (const config of [{ rule: "banzhaf", quota: "1/2" }, { rule: "nash" }]) {
      expect(readNewMechanism("game_theory", config).success).to.equal(true);
    }
    expect(readNewMechanism("democratic", {}).data).to.deep.equal({ rule: "plurality" });
    const old = game("vickrey", { weights: { Ada: "2" } });
    expect(settled(old, [], { Ada: 1, Bob: 3 })).to.deep.equal({
      winner: "Bob",
      payments: { Bob: "1" },
    });
  });

  it("takes no list for a score", () => {
    for (const score of [[5], ["0.5"], { a: 1 }]) {
      expect(checkBallot(democratic("range"), question, { tea: score })).to.have.length(1);
    }
  });
});
