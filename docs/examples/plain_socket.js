// A bot with nothing but socket.io-client: node plain_socket.js SESSION
import { io } from "socket.io-client";

const { TASKMASTER_URL: url, TASKMASTER_TOKEN: token } = process.env;
const session_id = process.argv[2];
const socket = io(url, { auth: { token } });

async function command(name, input) {
  const reply = await socket.timeout(10_000).emitWithAck(name, input);
  if (!reply.ok) throw new Error(`${name}: ${reply.error.message}`);
  return reply.data;
}

async function answerOpenTurns() {
  const { data } = await command("me.list_turns", {});
  for (const turn of data) {
    if (turn.session_id !== session_id || turn.purpose !== "speak") continue;
    const content = `Answer ${turn.round}`;
    // The message's id is the turn's: whatever is sent twice is stored once.
    await command("message.post", { session_id, id: turn.id, content });
  }
}

socket.on("entries", ({ entries }) => {
  if (entries.some((entry) => entry.data?.event === "turn.opened")) {
    answerOpenTurns().catch(console.error);
  }
});

// After every reconnect, too: whoever was away may have missed a turn.
socket.on("connect", async () => {
  try {
    await command("session.join", { session_id });
    await answerOpenTurns();
    console.log("The plain bot follows the session");
  } catch (error) {
    console.error(error.message);
  }
});
