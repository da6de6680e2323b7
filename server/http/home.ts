import { join } from "node:path";
import express, { type Router } from "express";
import { packageRoot } from "../package_root.ts";

const built = join(packageRoot, "dist", "web");
const YEAR_MS = 31_536_000_000;

/** Serves the page, which finds out by itself what an address such as `/teams` names. */
export function home(): Router {
  const router = express.Router();
  // What the build names after its content never changes.
  router.use(
    "/assets",
    express.static(join(built, "assets"), { immutable: true, maxAge: YEAR_MS }),
  );
  router.use(express.static(built));
  const page = join(built, "index.html");
  router.get(/^\/(sessions|teams|agents|tools|account)(\/|$)/, (_request, response) => {
    response.sendFile(page);
  });
  // Somebody who mistyped an address wants to read so, and programs want a problem.
  router.get(/^\/(?!api\/)/, (request, response, next) => {
    if (request.accepts(["json", "html"]) === "html") response.status(404).sendFile(page);
    else next();
  });
  return router;
}
