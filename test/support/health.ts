import { setTimeout as pause } from "node:timers/promises";
import type { TestNode } from "./node.ts";

/** What a node says of its parts. */
export interface Readiness {
  /** 200 when it can serve, else 503. */
  readonly http: number;
  readonly status: string;
  readonly parts: { readonly database: string; readonly redis: string };
}

/** Asks a node's /readyz. */
export async function readiness(node: TestNode): Promise<Readiness> {
  const response = await fetch(`${node.url}/readyz`);
  return { ...((await response.json()) as Omit<Readiness, "http">), http: response.status };
}

/** Resolves when a node says that it can serve and that its parts are there. */
export async function isReady(node: TestNode): Promise<void> {
  for (;;) {
    const { http, parts } = await readiness(node);
    if (http === 200 && parts.redis !== "away") return;
    await pause(50);
  }
}

/** Reads one figure without labels from a node's /metrics. */
export async function metric(node: TestNode, name: string): Promise<number> {
  const text = await (await fetch(`${node.url}/metrics`)).text();
  const found = new RegExp(`^${name} (.+)$`, "m").exec(text)?.[1];
  if (found === undefined) throw new Error(`There is no figure called ${name}`);
  return Number(found);
}
