// Prints a session from its first entry and goes on live: node observer.js SESSION
import { Client } from "taskmaster/client";

const { TASKMASTER_URL: url, TASKMASTER_TOKEN: token } = process.env;

const client = new Client({ url, token });
const session = client.session(process.argv[2]);

const { users, agents } = await client.session.get_roster({ session_id: session.id });
const names = new Map([...users, ...agents].map(({ id, name }) => [id, name]));

const authorOf = (entry) =>
  entry.sender_agent_id ?? entry.created_by ?? entry.user_id ?? entry.agent_id;

// Each entry once, in order, however often the connection drops or the server restarts.
for await (const entry of session.entries({ after: 0 })) {
  const name = names.get(authorOf(entry)) ?? "Taskmaster";
  console.log(`${entry.seq} ${name}: ${entry.content ?? entry.message}`);
}
