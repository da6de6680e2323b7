// Shows its answer while it is being written, as a language model gives it: piece by piece.
import { setTimeout as pause } from "node:timers/promises";
import { Bot } from "taskmaster/client";

const { TASKMASTER_URL: url, TASKMASTER_TOKEN: token } = process.env;

/** Stands for a model: yields a word now and then, and stops when the turn is over. */
async function* model(question, signal) {
  for (const word of `You asked: ${question} Let me think it over.`.split(/(?<= )/)) {
    await pause(20, null, { signal });
    yield word;
  }
}

const bot = new Bot({ url, token });

bot.onTurn(async (turn) => {
  const [last] = await turn.transcript({ limit: 1 });
  const answer = turn.stream();
  for await (const token of model(last.content, turn.signal)) answer.write(token);
  await turn.usage({ model: "example-1", input: 12, output: 9 });
  await answer.end(); // or, in one line: await turn.say(model(last.content, turn.signal))
});

await bot.start();
console.log("The streaming bot waits for turns");
