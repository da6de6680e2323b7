export { Client, type ClientEvents, type ClientOptions } from "./client.ts";
export { type FollowOptions, follow } from "./session.ts";
export { uuidv7 } from "./uuid.ts";
