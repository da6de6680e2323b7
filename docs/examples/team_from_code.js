// Makes two agents, a team and a session, gives it a task, and prints what comes of it.
// Needs the token of a person, as `npm start` prints it.
import { Bot, Client } from "taskmaster/client";

const { TASKMASTER_URL: url, TASKMASTER_TOKEN: token } = process.env;
const client = new Client({ url, token });

const team = await client.team.create({
  name: "Writers",
  type: "round_robin",
  termination_condition_type: "text_mention",
  termination_condition_config: { text: "THE END" },
});

const lines = { Ada: ["A ship sank.", "And swam."], Bob: ["It was a fish.", "THE END"] };
const bots = [];
for (const name of Object.keys(lines)) {
  const agent = await client.agent.create({ name, type: "assistant" });
  await client.team.add_agent({ team_id: team.id, agent_id: agent.id });
  const made = await client.token.create({ name, agent_id: agent.id });
  const bot = new Bot({ url, token: made.token });
  bot.onTurn((turn) => turn.say(lines[name].shift()));
  await bot.start();
  bots.push(bot);
}

const { id } = await client.session.create({ title: "A story", team_id: team.id });
const session = client.session(id);
await session.prompt("Write a very short story.");

for await (const entry of session.entries({ after: 0 })) {
  if (entry.kind === "message") console.log(entry.content);
  if (entry.kind === "log_entry" && entry.data.event === "run.stopped") break;
}
for (const bot of bots) await bot.close();
client.close();
