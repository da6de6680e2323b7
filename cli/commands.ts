// Prints the table of commands, from the declaration that both transports are made of.
import { commands } from "../contract/commands.ts";

const head = ["COMMAND", "HTTP", "SCOPE", "WHO MAY", "SUMMARY"];
const rows = Object.values(commands).map((command) => [
  command.name,
  command.http ?? "socket only",
  command.scope,
  command.may,
  command.summary,
]);
const widths = head.map((_, column) =>
  Math.max(...[head, ...rows].map((row) => row[column]!.length)),
);

process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error; // whoever read it, such as `head`, had enough
});
for (const row of [head, ...rows]) {
  const line = row.map((text, column) => text.padEnd(widths[column]!)).join("  ");
  process.stdout.write(`${line.trimEnd()}\n`);
}
