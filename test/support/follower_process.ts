// A process that follows one session and can be stopped like any process:
// `node … URL SESSION_ID AFTER UNTIL`. Prints a line when it has joined, and one with what
// it was given when it has the entry numbered UNTIL.
import { connect, Follower } from "./client.ts";
import { digestOf } from "./digest.ts";

const [url, session_id, after, until] = process.argv.slice(2) as [string, string, string, string];
const client = await connect(url);
client.socket.on("disconnect", (reason) => console.log(`disconnected: ${reason}`));
const follower = await Follower.join(client, session_id, Number(after));
console.log("joined");
await follower.reached(Number(until));
console.log(JSON.stringify(digestOf(follower.entries)));
client.socket.off("disconnect");
client.close();
