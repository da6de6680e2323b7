// Uses a tool, so that everybody sees the call and its result, and answers with what came of it.
import { Bot } from "taskmaster/client";

const { TASKMASTER_URL: url, TASKMASTER_TOKEN: token } = process.env;

const tools = {
  /** How many words a text has. */
  "text.count_words": ({ text }) => ({ words: text.split(/\s+/).length }),
};

const bot = new Bot({ url, token });

bot.onTurn(async (turn) => {
  const [last] = await turn.transcript({ limit: 1 });
  const name = "text.count_words";
  // A bot that dies here and starts again gets the posted result, rather than use the tool twice.
  const { words } = await turn.callTool(name, { text: last.content }, tools[name]);
  await turn.cost({ amount: "0.0002", currency: "EUR" });
  await turn.say(`That was ${words} words.`);
});

await bot.start();
console.log("The tool bot waits for turns");
