import { readFile } from "node:fs/promises";
import { expect } from "chai";
import type { Browser, Page } from "playwright-core";
import { parseExport } from "../../cli/export_file.ts";
import { connect, type TestClient } from "../support/client.ts";
import { createDatabase, type TestDatabase } from "../support/database.ts";
import { OWNER_TOKEN, startNode, type TestNode } from "../support/node.ts";
import { launch, openWindow, shoot, signIn, type Window } from "./browser.ts";
import { readSeqs, storedEntries } from "./entries.ts";
import { type FullHouse, fillHouse } from "./full_house.ts";

describe("looking back on the page", () => {
  let database: TestDatabase;
  let node: TestNode;
  let owner: TestClient;
  let browser: Browser;
  let house: FullHouse;
  let window: Window;
  let page: Page;

  before(async function () {
    this.timeout(60_000);
    database = await createDatabase();
    [node, browser] = await Promise.all([startNode({ DATABASE_URL: database.url }), launch()]);
    owner = await connect(node.url);
    house = await fillHouse(owner, node.url);
    window = await openWindow(browser, { url: node.url });
    page = window.page;
    await signIn(window, OWNER_TOKEN);
  });

  beforeEach(async () => {
    await page.goto(`/sessions/${house.session_id}`);
    await page.getByText("Decided: Thursday").waitFor();
  });

  afterEach(async function () {
    if (this.currentTest?.state === "failed") await shoot(window, "failed");
  });

  after(async () => {
    owner.close();
    await browser.close();
    await node.stop();
    await database.drop();
  });

  it("replays a session: what is shown, and whose turn it was, is as of the entry", async () => {
    await page.getByRole("button", { name: "More" }).click();
    await page.getByRole("menuitem", { name: "Replay from the beginning" }).click();
    await page.getByText(/^Entry 1 of/).waitFor();
    await page.waitForFunction(() => document.querySelectorAll("[data-seq]").length === 1);
    const slider = page.getByRole("slider");
    for (let seq = 2; seq <= 3; seq += 1) await slider.press("ArrowRight");
    await page.getByText(/^Entry 3 of/).waitFor();
    await page.getByRole("region", { name: "Turns" }).getByText("Mira").waitFor();
    await slider.press("End");
    await page.getByText("Decided: Thursday").waitFor();
    await page.getByRole("button", { name: "Back to live" }).click();
    await page.getByRole("textbox", { name: "Prompt" }).waitFor();
  });

  it("finds entries by their words, and hides all others", async () => {
    await page.getByRole("textbox", { name: "Search in this session" }).fill("oven");
    await page.getByText("My oven is free that day.").waitFor();
    const stored = await storedEntries(owner, house.session_id);
    const wanted = stored.filter((entry) => JSON.stringify(entry).includes("oven"));
    await page.waitForFunction(
      (count) => document.querySelectorAll("[data-seq]").length === count,
      wanted.length,
    );
    expect(await readSeqs(page)).to.deep.equal(wanted.map(({ seq }) => seq));
  });

  it("goes to the entry that the address names", async () => {
    await page.goto("/");
    await page.goto(`/sessions/${house.session_id}#1`);
    await page.locator('.entry-marked[data-seq="1"]').waitFor();
  });

  it("exports what a recording is read from", async function () {
    this.timeout(60_000);
    await page.goto(`/sessions/${house.session_id}/insight`);
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name: "Save as JSON Lines" }).click(),
    ]);
    const text = await readFile(await download.path(), "utf8");
    const stored = await storedEntries(owner, house.session_id);
    const lines = text.trimEnd().split("\n");
    expect(lines.slice(1).map((line) => JSON.parse(line))).to.deep.equal(stored);
    expect(parseExport(text).entries).to.have.length(stored.length);
  });
});
