import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { AxeResults } from "axe-core";
import type { Page } from "playwright-core";

const source = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/**
 * Looks for violations of WCAG 2.2 A and AA, and of axe's best practices, in what a page shows.
 * @returns one line a violation: rule, how many places, the first of them
 */
export async function violations(page: Page): Promise<string[]> {
  // Through the debugger, as the Content-Security-Policy lets no inline script in.
  await page.evaluate(source);
  const { violations } = await page.evaluate(() =>
    (globalThis as unknown as { axe: { run(): Promise<AxeResults> } }).axe.run(),
  );
  return violations.map(({ id, nodes }) => `${id} (${nodes.length}): ${nodes[0]?.html}`);
}
