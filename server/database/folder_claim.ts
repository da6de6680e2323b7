import { link, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { processStart } from "./processes.ts";

interface Claim {
  pid: number;
  started: string | undefined;
  url: string;
}

/** The living process that owns a data folder, and where its database is; null when there is none. */
export async function ownerOf(folder: string): Promise<{ pid: number; url: string } | null> {
  const claim = parse(await readFile(join(folder, "owner.json"), "utf8").catch(() => ""));
  return claim && isAlive(claim) ? claim : null;
}

/**
 * Makes this process the only owner of a data folder, through the file `owner.json` in it, and
 * returns the function that gives the folder up. `url` is where others reach our database. Throws
 * an Error naming the owner and its URL when a living process holds the folder; a claim left by a
 * dead one is taken over.
 */
export async function claimFolder(folder: string, url: string): Promise<() => Promise<void>> {
  const path = join(folder, "owner.json");
  const mine = `${path}.${crypto.randomUUID()}`;
  const claim: Claim = { pid: process.pid, started: processStart(process.pid), url };
  await writeFile(mine, JSON.stringify(claim), { mode: 0o600 });
  try {
    while (!(await linked(mine, path))) {
      const text = await readFile(path, "utf8").catch(() => undefined);
      if (text === undefined) continue; // given up between the two steps
      const holder = parse(text);
      if (holder && isAlive(holder))
        throw new Error(
          `The data folder ${folder} is in use by process ${holder.pid}. ` +
            "Stop that process, or set DATA_DIR to another folder. " +
            `To run a second node on the same database, start it with DATABASE_URL='${holder.url}'`,
        );
      await removeStale(path, text);
    }
  } finally {
    await rm(mine, { force: true });
  }
  return () => rm(path, { force: true });
}

function isAlive({ pid, started }: Claim): boolean {
  return started !== undefined && processStart(pid) === started;
}

/** A link appears whole or not at all, and fails when the name is taken. */
async function linked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

/** Moves the file away and looks again, since another process may just have put its own there. */
async function removeStale(path: string, stale: string): Promise<void> {
  const aside = `${path}.${crypto.randomUUID()}`;
  try {
    await rename(path, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return;
    throw error;
  }
  if ((await readFile(aside, "utf8")) !== stale) await linked(aside, path);
  await rm(aside, { force: true });
}

function parse(text: string): Claim | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
