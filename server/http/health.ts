import { Router } from "express";
import { registry } from "../metrics.ts";
import { version } from "../package_root.ts";

export type PartState = "ok" | "away" | "none";

/** Where a node is in its life: it takes work only while it is serving. */
export type Phase = "starting" | "serving" | "stopping";

/** The parts a node stands on, asked anew at each check. */
export interface Parts {
  /** PostgreSQL: without it nothing can be stored or read. */
  database(): Promise<PartState>;
  /** Redis: without it entries arrive later on other nodes; "none" on a single node. */
  redis(): PartState;
  phase(): Phase;
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
    const phase = parts.phase();
    const status = phase !== "serving" ? phase : database === "ok" ? "ok" : "unavailable";
    response.status(status === "ok" ? 200 : 503).json({
      status,
      version,
      node_id: parts.node_id,
      parts: { database, redis: parts.redis() },
    });
  });
  router.get("/metrics", async (_request, response) => {
    response.type(registry.contentType).send(await registry.metrics());
  });
  return router;
}
