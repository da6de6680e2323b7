// A process that holds an embedded PostgreSQL until it is killed: `node … DATA_DIR`.
// Prints one line when it is ready: the URL, or "error: …" when it did not start.
import { startEmbedded } from "../../server/database/embedded.ts";

try {
  const { url } = await startEmbedded({ dataDir: process.argv[2]! });
  console.log(url);
} catch (error) {
  console.log(`error: ${(error as Error).message}`);
}
