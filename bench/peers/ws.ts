import { runWs } from "./ws_server.ts";

// One write per subscriber and message: what a server without storage does at its simplest.
await runWs({
  answer: (socket, frame) => {
    socket.write(frame);
  },
  broadcast: (followers, frame) => {
    for (const follower of followers) follower.write(frame);
  },
});
