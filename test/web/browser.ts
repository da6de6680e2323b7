import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { connect, type TestClient } from "../support/client.ts";
import { createDatabase, type TestDatabase } from "../support/database.ts";
import { startNode, type TestNode } from "../support/node.ts";

/** Where this run's screenshots are. */
export const screenshots =
  process.env.SCREENSHOTS || mkdtempSync(join(tmpdir(), "taskmaster-screenshots-"));

/** Starts Debian's Chromium, or the one that CHROMIUM names. */
export function launch(): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
    // What a browser asks its maker's hosts on its own account is not the page's doing.
    args: [
      "--no-sandbox",
      "--disable-quic",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      "--js-flags=--expose-gc",
    ],
  });
}

/** A node with a database of its own, its owner, and a browser to open its page in. */
export interface Site {
  readonly node: TestNode;
  readonly owner: TestClient;
  readonly browser: Browser;
}

/** The site of the tests of one `describe`, there before them and gone after. */
export function useSite(): Site {
  const site = {} as { -readonly [Part in keyof Site]: Site[Part] };
  let database: TestDatabase;
  before(async function () {
    this.timeout(60_000);
    database = await createDatabase();
    [site.node, site.browser] = await Promise.all([
      startNode({ DATABASE_URL: database.url }),
      launch(),
    ]);
    site.owner = await connect(site.node.url);
  });
  after(async () => {
    site.owner.close();
    await site.browser.close();
    await site.node.stop();
    await database.drop();
  });
  return site;
}

/** A browser window of its own, signed in or not, and what went wrong in it. */
export interface Window {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Exceptions, refusals of the Content-Security-Policy, and requests to other hosts. */
  readonly faults: string[];
}

export interface WindowOptions {
  readonly url: string;
  readonly width?: number;
  readonly height?: number;
  readonly theme?: "light" | "dark";
}

/** Opens a window that notes every fault; see expectNoFaults. */
export async function openWindow(
  browser: Browser,
  { url, width = 1280, height = 800, theme = "light" }: WindowOptions,
): Promise<Window> {
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme: theme,
    reducedMotion: "reduce",
    baseURL: url,
  });
  const page = await context.newPage();
  const faults: string[] = [];
  page.on("pageerror", (error) => faults.push(`exception: ${error.message}`));
  page.on("console", (message) => {
    if (/Content Security Policy/.test(message.text())) faults.push(message.text());
  });
  page.on("request", (request) => {
    const to = new URL(request.url());
    if (/^(https?|wss?):$/.test(to.protocol) && to.host !== new URL(url).host) {
      faults.push(`request to ${to.host}`);
    }
  });
  return { page, context, faults };
}

/** Signs in by the link that a server prints. */
export async function signIn({ page }: Window, token: string): Promise<void> {
  await page.goto(`/#token=${token}`);
  await page.getByRole("heading", { name: "Sessions" }).waitFor();
}

/** Saves what a window shows as NAME.png in the folder of screenshots. */
export async function shoot({ page }: Window, name: string): Promise<void> {
  await page.screenshot({ path: join(screenshots, `${name}.png`) });
}

/** Fails with everything that went wrong in a window. */
export function expectNoFaults({ faults }: Window): void {
  expect(faults).to.deep.equal([]);
}
