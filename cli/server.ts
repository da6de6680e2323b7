import { type Command, Option } from "commander";
import { addExamples } from "./help.ts";

/** Adds `taskmaster serve` and `migrate`, which are the server's own programs. */
export function addServer(program: Command): void {
  const serve = program
    .command("serve")
    .summary("run a server here, until Ctrl-C")
    .description(
      "Runs a Taskmaster server in the foreground, as `npm start` does. The environment configures it " +
        "(docs/configuration.md); without DATABASE_URL it brings its own PostgreSQL. Its log goes to " +
        "stderr as JSON Lines. `taskmaster doctor` checks everything it needs.",
    )
    .addOption(new Option("--port <port>", "TCP port; 0 picks a free one").env("PORT"))
    .addOption(new Option("--host <address>", "address to listen on").env("HOST"))
    .addOption(new Option("--data-dir <folder>", "folder of its PostgreSQL").env("DATA_DIR"));
  addExamples(serve, "serve", "serve --port 8080 --host 0.0.0.0 --data-dir /var/lib/taskmaster");
  serve.action(async (given: { port?: string; host?: string; dataDir?: string }) => {
    const { port, host, dataDir } = given;
    for (const [name, value] of Object.entries({ PORT: port, HOST: host, DATA_DIR: dataDir })) {
      if (value !== undefined) process.env[name] = value;
    }
    leaveSignalsToIt();
    await import("../server/main.ts");
  });

  const migrate = program
    .command("migrate")
    .summary("bring the database of DATABASE_URL up to date")
    .description(
      "Brings the database of DATABASE_URL up to date, for a release step before the new version " +
        "starts. A server does the same by itself when it starts.",
    );
  addExamples(migrate, "migrate", "DATABASE_URL=postgres://… taskmaster migrate");
  migrate.action(async () => {
    leaveSignalsToIt();
    await import("../server/database/migrate.ts");
  });
}

/** It knows how to stop; until it listens, Ctrl-C ends the process where it stands. */
function leaveSignalsToIt(): void {
  process.removeAllListeners("SIGINT");
  process.removeAllListeners("SIGTERM");
}
