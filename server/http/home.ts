import { join } from "node:path";
import express, { type Router } from "express";
import { packageRoot } from "../package_root.ts";

/** Serves the page at `/`. */
export function home(): Router {
  const router = express.Router();
  router.use(express.static(join(packageRoot, "web"), { index: "index.html" }));
  return router;
}
