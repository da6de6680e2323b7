// Asks a person before it does something, by handing the turn to nobody of the swarm: the next prompt
// gives it back.
import { Bot } from "taskmaster/client";

const { TASKMASTER_URL: url, TASKMASTER_TOKEN: token } = process.env;

const bot = new Bot({ url, token });

bot.onTurn(async (turn) => {
  const lines = await turn.transcript();
  const question = lines.findLast((line) => line.is_mine);
  const answer = lines.at(-1);
  if (!question) await turn.handOff("a person", "Shall I book the hall for 80 EUR? yes or no");
  else if (answer.content === "yes") await turn.stop(`Booked, as ${answer.name} said.`);
  else await turn.stop("Then I leave it.");
});

await bot.start();
console.log("The asking bot waits for turns");
