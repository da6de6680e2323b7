// `npm run migrate`: brings the database of DATABASE_URL up to date, for a release step before the
// new version starts.
import { Sequelize } from "sequelize";
import { loadConfig } from "../config.ts";
import { whyItEnded } from "../log.ts";
import { migrate } from "./migrator.ts";

try {
  const { DATABASE_URL } = loadConfig(process.env);
  if (DATABASE_URL === undefined) {
    console.log("Nothing to do: without DATABASE_URL the server migrates its own at every start.");
  } else {
    const sequelize = new Sequelize(DATABASE_URL, { dialect: "postgres", logging: false });
    const applied = await migrate(sequelize).finally(() => sequelize.close());
    for (const name of applied) console.log(`applied ${name}`);
    console.log("The database is up to date.");
  }
} catch (error) {
  console.error(whyItEnded(error));
  process.exitCode = 1;
}
