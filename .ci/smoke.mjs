// Runs what `npm start` runs, on a new data folder, and looks whether a newcomer would be content.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

const folder = await mkdtemp(join(tmpdir(), "taskmaster smoke "));
const began = performance.now();
const server = spawn(process.execPath, ["dist/server/main.js"], {
  env: {
    ...process.env,
    DATA_DIR: join(folder, "data"),
    PORT: "0",
    DATABASE_URL: "",
    REDIS_URL: "",
  },
  stdio: ["ignore", "pipe", "inherit"],
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

server.kill("SIGINT");
const [code, signal] = await exited;
assert.equal(code, 0, `the server did not stop cleanly: ${code ?? signal}`);
await rm(folder, { recursive: true });
console.log("answered on every page, let the owner in, stopped cleanly");
