// `npm run migrate`: brings the database of DATABASE_URL up to date, for a release step before the
// new version starts.
import { loadConfig, whyItEnded } from "../config.ts";
import { migrateAt } from "./migrator.ts";

try {
  const { DATABASE_URL } = loadConfig(process.env);
  if (DATABASE_URL === undefined) {
    console.log("Nothing to do: without DATABASE_URL the server migrates its own at every start.");
  } else {
    const applied = await migrateAt(DATABASE_URL, () =>
      console.log("Waiting for another process that migrates …"),
    );
    for (const name of applied) console.log(`applied ${name}`);
    console.log("The database is up to date.");
  }
} catch (error) {
  console.error(whyItEnded(error));
  process.exitCode = 1;
}
