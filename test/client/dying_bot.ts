import { Bot } from "../../client/index.ts";

/**
 * A process of its own: a bot that is killed in its second turn, where DIES says: when it has `taken`
 * the turn, just after it has `sent` its answer, or when the answer is `acknowledged`.
 */
const { TASKMASTER_URL: url = "", TASKMASTER_TOKEN: token = "", DIES: place } = process.env;

const die = () => process.kill(process.pid, "SIGKILL");
let turns = 0;

const bot = new Bot({ url, token });
bot.onTurn(async (turn) => {
  turns += 1;
  const isLast = turns === 2;
  if (isLast && place === "taken") die();
  const answered = turn.say(`Process ${process.pid} in turn ${turn.id}`);
  // It may be stored by then, or on its way, or not have left.
  if (isLast && place === "sent") setTimeout(die, Math.random() * 10);
  await answered;
  if (isLast && place === "acknowledged") die();
});
await bot.start();
