import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { packageRoot } from "../../server/package_root.ts";

/** Where the run's programs are, for this process and for mocha's workers. */
const FOLDER = "TEST_PROGRAMS";

/**
 * Compiles, without a look at types, what tests start as processes of their own: once a run, by the hooks,
 * since a process that compiles itself takes twice as long to start.
 * @returns what removes them again
 */
export async function compilePrograms(): Promise<() => Promise<void>> {
  // In the project, where their imports find its packages.
  const folder = await mkdtemp(join(packageRoot, ".compiled-"));
  const remove = () => rm(folder, { recursive: true });
  const tsc = join(packageRoot, "node_modules/.bin/tsc");
  const places = ["--outDir", folder, "--rootDir", packageRoot];
  // With source maps, so that `npm run coverage` sees what runs in processes.
  const options = ["--noCheck", "--noEmit", "false", "--sourceMap", ...places];
  try {
    await promisify(execFile)(tsc, ["--project", packageRoot, ...options]);
  } catch (error) {
    await remove();
    throw error;
  }
  process.env[FOLDER] = folder;
  return remove;
}

/**
 * Where Node finds a program of this project.
 * @param source its file from the project's root, such as server/main.ts
 */
export function programOf(source: string): string {
  return join(process.env[FOLDER]!, source.replace(/\.ts$/, ".js"));
}
