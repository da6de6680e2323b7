// Votes for the shortest option, and for nothing when there is none.
import { Bot } from "taskmaster/client";

const { TASKMASTER_URL: url, TASKMASTER_TOKEN: token } = process.env;

const bot = new Bot({ url, token });

bot.onBallot(async (ballot) => {
  console.log(`${ballot.question} ${ballot.options.join(" or ")}?`);
  const [shortest] = [...ballot.options].sort((one, other) => one.length - other.length);
  // Rules such as borda ask for a ranking, approval for a list, range for scores: see docs/teams.md.
  if (shortest) await ballot.cast(shortest);
  else await ballot.abstain();
});

bot.onTurn((turn) => turn.say("Let us vote."));

await bot.start();
console.log("The ballot bot waits for votes");
