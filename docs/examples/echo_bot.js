// Answers every turn with what was said last. The smallest bot there is.
import { Bot } from "taskmaster/client";

const { TASKMASTER_URL: url, TASKMASTER_TOKEN: token } = process.env;

const bot = new Bot({ url, token });

bot.onTurn(async (turn) => {
  const [last] = await turn.transcript({ limit: 1 });
  await turn.say(`${last.name} said: ${last.content}`);
});

await bot.start();
console.log("The echo bot waits for turns");
