// Runs `npm start` on a new data folder, and looks whether a newcomer would be content.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout } from "node:timers/promises";

const folder = await mkdtemp(join(tmpdir(), "taskmaster smoke "));
const began = performance.now();
const server = spawn("npm", ["start", "--silent"], {
  env: {
    ...process.env,
    DATA_DIR: join(folder, "data"),
    PORT: "0",
    DATABASE_URL: "",
    REDIS_URL: "",
  },
  stdio: ["ignore", "pipe", "inherit"],
  detached: true,
});
const exited = once(server, "exit");
let token;
let url;
for await (const line of createInterface({ input: server.stdout })) {
  url ??= /running at (\S+)/.exec(line)?.[1];
  token = /#token=(tm_\S+)/.exec(line)?.[1];
  if (token) break;
}
assert.ok(url && token, "the server printed no address or no sign-in link");
console.log(`ready after ${((performance.now() - began) / 1000).toFixed(1)} s at ${url}`);

for (const path of ["/", "/docs/", "/readyz", "/metrics", "/api/v1/openapi.json"]) {
  assert.equal((await fetch(url + path)).status, 200, path);
}
const me = await fetch(`${url}/api/v1/me`, { headers: { Authorization: `Bearer ${token}` } });
assert.equal((await me.json()).email, "owner@localhost");

// Ctrl-C: the terminal tells npm and the server, and npm tells the server once more.
process.kill(-server.pid, "SIGINT");
const [code] = await exited;
assert.equal(code, 0, "the server did not stop cleanly");
const postmaster = join(folder, "data", "postgres", "postmaster.pid");
for (let tries = 0; (await answers(url)) || existsSync(postmaster); tries += 1) {
  assert.ok(tries < 100, "the server or its PostgreSQL went on after npm was stopped");
  await setTimeout(100);
}
await rm(folder, { recursive: true });
console.log("answered on every page, let the owner in, stopped cleanly");

function answers(address) {
  return fetch(`${address}/healthz`).then(
    () => true,
    () => false,
  );
}
