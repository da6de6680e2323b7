import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import express, { type Router } from "express";
import { packageRoot } from "../package_root.ts";

const swaggerUi = dirname(fileURLToPath(import.meta.resolve("swagger-ui-dist/package.json")));

/**
 * Serves the API reference at /docs: Swagger UI from its own package, so that it needs no foreign
 * host, and our two files that point it at /api/v1/openapi.json.
 */
export function docs(): Router {
  const router = express.Router();
  router.use("/docs", express.static(join(packageRoot, "dist", "web", "docs")));
  router.use("/docs", express.static(swaggerUi, { index: false }));
  return router;
}
