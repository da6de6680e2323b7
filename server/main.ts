import type { Logger } from "pino";
import { loadConfig, whyItEnded } from "./config.ts";
import { createLogger } from "./log.ts";
import { type Node, startNode } from "./node.ts";

async function main(): Promise<void> {
  const config = loadConfig(process.env);
  const logger = createLogger(config.LOG_LEVEL);
  const started = performance.now();
  // Process 1 of a container ignores what it does not listen to. Nothing is accepted yet, so nothing is lost.
  for (const signal of signals) process.on(signal, giveUp);
  const node = await startNode(config, logger, (message) => {
    logger.fatal(message);
    process.exit(1);
  });
  // Before the line that others wait for: they may stop us as soon as they have read it.
  stopOnSignals(node, logger);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);

  console.log(`Taskmaster is running at ${node.url} (ready in ${seconds} s)`);
  console.log(`  API reference  ${node.url}/docs`);
  console.log(`  Database       ${node.databaseDescription}`);
  if (!config.DATABASE_URL) {
    console.log(`                 another node joins with DATABASE_URL='${node.databaseUrl}'`);
  }
  console.log(
    config.REDIS_URL
      ? "  Redis          joins this node with others"
      : "  Redis          none: this is a single node; set REDIS_URL to run several",
  );
  if (node.firstToken !== null) {
    console.log(`\nSign in (shown this once): ${node.url}/#token=${node.firstToken}`);
    console.log(`For the command line:      export TASKMASTER_TOKEN=${node.firstToken}`);
  }
}

const signals = ["SIGINT", "SIGTERM"] as const;
const ECHO_MS = 500;

function giveUp(): void {
  process.exit(1);
}

function stopOnSignals(node: Node, logger: Logger): void {
  let since: number | null = null;
  const stop = (signal: NodeJS.Signals) => {
    if (since !== null) {
      // A second Ctrl-C means it: PostgreSQL recovers by itself at the next start. But one that comes
      // at once is the first again, which npm passes on to a process that the terminal told already.
      if (performance.now() - since > ECHO_MS) process.exit(1);
      return;
    }
    since = performance.now();
    logger.info({ signal }, "stopping");
    node.stop().then(
      () => process.exit(0),
      (error: unknown) => {
        logger.error({ err: error }, "stopping failed");
        process.exit(1);
      },
    );
  };
  for (const signal of signals) process.off(signal, giveUp).on(signal, stop);
}

main().catch((error: unknown) => {
  console.error(whyItEnded(error));
  process.exit(1);
});
