import { Router } from "express";
import { registry } from "../metrics.ts";
import { version } from "../package_root.ts";

export type PartState = "ok" | "away" | "none";

/** The parts a node stands on, asked anew at each check. */
export interface Parts {
  /** PostgreSQL: without it nothing can be stored or read. */
  database(): Promise<PartState>;
  /** Redis: without it entries arrive later on other nodes; "none" on a single node. */
  redis(): PartState;
  /** True once the node has begun to stop. */
  stopping(): boolean;
  /** For people: which PostgreSQL. */
  readonly databaseDescription: string;
  readonly node_id: string;
}

/** Mounts /healthz (the process lives), /readyz (it can serve; says which part is away), /metrics. */
export function health(parts: Parts): Router {
  const router = Router();
  router.get("/healthz", (_request, response) => {
    response.json({ status: "ok" });
  });
  router.get("/readyz", async (_request, response) => {
    const database = await parts.database();
    const ready = database === "ok" && !parts.stopping();
    response.status(ready ? 200 : 503).json({
      status: parts.stopping() ? "stopping" : ready ? "ok" : "unavailable",
      version,
      node_id: parts.node_id,
      parts: { database, redis: parts.redis() },
      database: parts.databaseDescription,
    });
  });
  router.get("/metrics", async (_request, response) => {
    response.type(registry.contentType).send(await registry.metrics());
  });
  return router;
}
