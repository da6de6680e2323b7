import type { Socket } from "node:net";
import { runWs } from "./ws_server.ts";

/** What waits for the end of this turn of the event loop. */
const answers = new Map<Socket, Buffer[]>();
const broadcasts = new Map<ReadonlySet<Socket>, Buffer[]>();

// One write per socket and turn: frames of a session are joined once, for all who follow it.
await runWs({
  answer: (socket, frame) => keep(answers, socket, frame),
  broadcast: (followers, frame) => keep(broadcasts, followers, frame),
});

function keep<Key>(waiting: Map<Key, Buffer[]>, key: Key, frame: Buffer): void {
  if (answers.size === 0 && broadcasts.size === 0) setImmediate(flush);
  const frames = waiting.get(key);
  if (frames) frames.push(frame);
  else waiting.set(key, [frame]);
}

function flush(): void {
  const writes = new Map<Socket, Buffer>();
  const write = (socket: Socket, frames: Buffer) => {
    const before = writes.get(socket);
    writes.set(socket, before ? Buffer.concat([before, frames]) : frames);
  };
  for (const [followers, frames] of broadcasts) {
    const joined = Buffer.concat(frames);
    for (const follower of followers) write(follower, joined);
  }
  for (const [socket, frames] of answers) write(socket, Buffer.concat(frames));
  answers.clear();
  broadcasts.clear();
  for (const [socket, frames] of writes) socket.write(frames);
}
