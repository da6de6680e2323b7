import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

function nearest(folder: string): string {
  return existsSync(join(folder, "package.json")) ? folder : nearest(dirname(folder));
}

/** The folder of package.json: above server/ in development, above dist/server/ in production. */
export const packageRoot = nearest(dirname(fileURLToPath(import.meta.url)));

/** This release, as package.json has it. */
export const { version } = JSON.parse(readFileSync(join(packageRoot, "package.json"), "utf8")) as {
  version: string;
};
