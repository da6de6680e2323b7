import { expect } from "chai";
import type { Entry } from "../../contract/entry.ts";
import { isEvent, loseAnswer, useBots } from "../support/bots.ts";
import { eventsIn, makeTeam, type TestTeam } from "../support/team.ts";

describe("a bot that votes", () => {
  const bots = useBots();

  const makeVoters = async () => {
    const team = await makeTeam(bots.owner, ["Ada", "Bob"]);
    await bots.owner.call("mechanism.create", {
      team_id: team.team_id,
      type: "democratic",
      config: { rule: "plurality" },
    });
    return team;
  };
  const ask = ({ session_id }: TestTeam) =>
    bots.owner.call("decision.open", { session_id, question: "Tea?", options: ["Yes", "No"] });
  const choices = (entries: readonly Entry[]) =>
    eventsIn(entries, "ballot.cast").map(({ data }) => data.choice);
  const untilDecided = ({ session_id }: TestTeam) =>
    bots.until(session_id, isEvent("decision.closed"));

  it("knows the question, and votes once, though its ballot may be refused before", async () => {
    const team = await makeVoters();
    for (const name of team.agents.keys()) {
      await bots
        .memberOf(team, name)
        .onBallot(async (ballot) => {
          expect(ballot.question).to.equal("Tea?");
          expect(ballot.mechanism).to.deep.include({ type: "democratic" });
          const refused = await ballot.cast("Perhaps").catch((error) => error);
          expect(refused).to.include({ code: "invalid_input" });
          await ballot.cast(ballot.options[0]!);
        })
        .start();
    }
    await ask(team);
    const entries = await untilDecided(team);
    expect(choices(entries)).to.deep.equal(["Yes", "Yes"]);
    expect(bots.errors).to.deep.equal([]);
  });

  it("abstains when its handler says nothing or fails", async () => {
    const team = await makeVoters();
    await bots
      .memberOf(team, "Ada")
      .onBallot(() => {})
      .start();
    await bots
      .memberOf(team, "Bob")
      .onBallot(() => {
        throw new Error("undecided");
      })
      .start();
    await ask(team);
    expect(choices(await untilDecided(team))).to.deep.equal(["abstain", "abstain"]);
    expect(bots.errors.map(({ message }) => message)).to.deep.equal(["undecided"]);
  });

  it("votes though it could not read at first what about, and has voted though the answer was lost", async () => {
    const team = await makeVoters();
    const bot = bots.memberOf(team, "Ada");
    const { ballot, decision } = bot.client;
    Object.assign(decision, { get: loseAnswer(decision.get) });
    Object.assign(ballot, { cast: loseAnswer(ballot.cast) });
    const cast = new Promise((resolve) => {
      bot.onBallot(async (ballot) => resolve(await ballot.cast("Yes").catch((error) => error)));
    });
    await bot.start();
    await ask(team);
    const entries = await bots.until(team.session_id, isEvent("ballot.cast"));
    const { ballot_id, decision_id, agent_id, cast_at } = eventsIn(entries, "ballot.cast")[0]!.data;
    expect(await cast).to.deep.equal({
      id: ballot_id,
      choice: "Yes",
      decision_id,
      agent_id,
      cast_at,
    });
    expect(bots.errors.map(({ message }) => message)).to.deep.equal(["The connection was lost"]);
  });

  it("says that nobody told it how to", async () => {
    const team = await makeVoters();
    const told = new Promise<string>((resolve) => {
      bots
        .memberOf(team, "Ada")
        .onError(({ message }) => resolve(message))
        .start();
    });
    await ask(team);
    expect(await told).to.equal("A vote is left open, since the bot has no onBallot handler");
  });
});
