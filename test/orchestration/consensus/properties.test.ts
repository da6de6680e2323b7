import { expect } from "chai";
import fc from "fast-check";
import type { Json } from "../../../contract/json.ts";
import {
  checkBallot,
  checkQuestion,
  outcomeOf,
  recompute,
  settle,
} from "../../../server/orchestration/consensus/settle.ts";
import { condorcetRules, democraticRules, type Vote, votes } from "./arbitrary.ts";

const outcome = ({ mechanism, question, ballots }: Vote) => outcomeOf(mechanism, question, ballots);

describe("a vote", () => {
  for (const rule of condorcetRules) {
    it(`is won by who beats everybody else, under ${rule}`, () => {
      fc.assert(
        fc.property(votes(["condorcet"], 5), (vote) => {
          const { winner } = outcome(vote);
          fc.pre(winner !== null);
          const config = { ...vote.mechanism.config, rule };
          const mechanism = { ...vote.mechanism, config };
          expect(outcome({ ...vote, mechanism }).winner).to.equal(winner);
        }),
        { numRuns: 300 },
      );
    });
  }

  for (const rule of democraticRules) {
    it(`comes out the same in whatever order ballots came, under ${rule}`, () => {
      const some = votes([rule], 4, ["no_decision", "option_order"]).chain((vote) =>
        fc.tuple(
          fc.constant(vote),
          fc.shuffledSubarray([...vote.ballots], { minLength: vote.ballots.length }),
        ),
      );
      fc.assert(
        fc.property(some, ([vote, ballots]) => {
          const { ballots: _, ...expected } = outcome(vote);
          const { ballots: __, ...found } = outcome({ ...vote, ballots });
          expect(found).to.deep.equal(expected);
        }),
      );
    });

    it(`comes out the same whatever options are called and named first, under ${rule}`, () => {
      const some = votes([rule]).chain((vote) => {
        const { options } = vote.question;
        const all = { minLength: options.length };
        return fc.tuple(
          fc.constant(vote),
          fc.shuffledSubarray(["x", "y", "z", "valueOf", ...options], {
            ...all,
            maxLength: options.length,
          }),
          fc.shuffledSubarray([...options], all),
        );
      });
      fc.assert(
        fc.property(some, ([vote, called, order]) => {
          const { options } = vote.question;
          const renamed = (name: string) => called[options.indexOf(name)]!;
          const other = {
            ...vote,
            question: { ...vote.question, options: order.map(renamed) },
            ballots: vote.ballots.map(({ voter, choice }) => ({
              voter,
              choice: choice === "abstain" ? choice : inNames(choice, renamed),
            })),
          };
          const { winner } = outcome(vote);
          expect(outcome(other).winner).to.equal(winner === null ? null : renamed(winner));
        }),
      );
    });
  }

  it("can be computed again from its outcome alone, as JSON", () => {
    fc.assert(
      fc.property(votes(democraticRules, 4, ["no_decision", "option_order"]), (vote) => {
        const written = JSON.parse(JSON.stringify(outcome(vote)));
        expect(JSON.parse(JSON.stringify(recompute(written)))).to.deep.equal(written);
      }),
    );
  });

  it("is about a question and of ballots that are valid", () => {
    fc.assert(
      fc.property(votes(democraticRules), ({ mechanism, question, ballots }) => {
        expect(checkQuestion(mechanism, question)).to.deep.equal([]);
        for (const { choice } of ballots) {
          expect(checkBallot(mechanism, question, choice)).to.deep.equal([]);
        }
      }),
    );
  });

  const added = ["plurality", "majority", "supermajority", "unanimity", "approval"];
  for (const rule of [...added, "authority", "veto"]) {
    it(`that closes early could not have come out differently, under ${rule}`, () => {
      let early = 0;
      const some = votes([rule], 3, ["no_decision", "option_order"]).chain((vote) =>
        fc.tuple(
          fc.constant(vote),
          fc.nat({ max: vote.ballots.length }),
          fc.subarray([...vote.ballots]),
        ),
      );
      fc.assert(
        fc.property(some, ([vote, known, mayVote]) => {
          const { mechanism, question } = vote;
          const ballots = vote.ballots.slice(0, known);
          const result = settle(mechanism, question, ballots, {
            all_voted: false,
            deadline_passed: false,
          });
          if (result.kind === "open") return;
          early++;
          const rest = vote.ballots.slice(known).filter((ballot) => mayVote.includes(ballot));
          const { winner } = outcome({ ...vote, ballots: [...ballots, ...rest] });
          expect(result.outcome.winner).to.equal(winner);
        }),
        { numRuns: 1000 },
      );
      expect(early).to.be.greaterThan(0);
    });
  }
});

/** A choice in which each option has another name. */
function inNames(choice: Json, renamed: (name: string) => string): Json {
  if (typeof choice === "string") return renamed(choice);
  if (Array.isArray(choice)) return choice.map((part) => inNames(part, renamed));
  return Object.fromEntries(
    Object.entries(choice as object).map(([name, score]) => [renamed(name), score]),
  );
}
