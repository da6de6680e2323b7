import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readFile, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const root = resolve(import.meta.dirname, "../..");
const modules = join(root, "node_modules");

/** A project of somebody who installed our package. */
export interface Consumer {
  /** Its folder, with our package as npm packs it in node_modules. */
  readonly path: string;
  /** What npm put into the package, by path. */
  readonly packed: readonly string[];
  remove(): Promise<void>;
}

/**
 * Builds and packs the SDK of our package, and installs it in a new project without a network: what it
 * depends on is linked to where it is installed here.
 */
export async function makeConsumer(): Promise<Consumer> {
  const path = await mkdtemp(join(tmpdir(), "consumer-"));
  const staging = join(path, "staging");
  const installed = join(path, "node_modules/taskmaster");
  await mkdir(staging);
  await mkdir(installed, { recursive: true });
  const config = join(root, "tsconfig.client.json");
  await run(join(modules, ".bin/tsc"), ["-p", config, "--outDir", join(staging, "dist")]);
  await cp(join(root, "package.json"), join(staging, "package.json"));
  const pack = ["pack", "--ignore-scripts", "--offline", "--json"];
  const { stdout } = await run("npm", pack, { cwd: staging });
  const [{ filename, files }] = JSON.parse(stdout);
  const unpack = ["-xzf", join(staging, filename), "-C", installed, "--strip-components=1"];
  await run("tar", unpack);
  const { dependencies } = JSON.parse(await readFile(join(installed, "package.json"), "utf8"));
  for (const name of Object.keys(dependencies)) await link(name, path);
  return {
    path,
    packed: files.map((file: { path: string }) => file.path),
    remove: () => rm(path, { recursive: true }),
  };
}

async function link(name: string, path: string): Promise<void> {
  const place = join(path, "node_modules", name);
  await mkdir(dirname(place), { recursive: true });
  await symlink(join(modules, name), place);
}
