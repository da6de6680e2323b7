import { readFile } from "node:fs/promises";
import { expect } from "chai";
import type { Page } from "playwright-core";
import { parseExport } from "../../cli/export_file.ts";
import { OWNER_TOKEN } from "../support/node.ts";
import { newBot } from "../support/people.ts";
import { openWindow, shoot, signIn, useSite, type Window } from "./browser.ts";
import { readSeqs, storedEntries } from "./entries.ts";
import { type FullHouse, fillHouse } from "./full_house.ts";
import { hurry, Wire } from "./wire.ts";

describe("looking back on the page", () => {
  const site = useSite();
  let house: FullHouse;
  let window: Window;
  let page: Page;

  before(async function () {
    this.timeout(60_000);
    house = await fillHouse(site.owner, site.node.url);
    window = await openWindow(site.browser, { url: site.node.url });
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

  it("replays a session: what is shown, and whose turn it was, is as of the entry", async () => {
    await page.getByRole("button", { name: "More" }).click();
    await page.getByRole("menuitem", { name: "Replay from the beginning" }).click();
    await page.getByText(/^Entry 1 of/).waitFor();
    await page.waitForFunction(() => document.querySelectorAll("[data-seq]").length === 1);
    const slider = page.getByRole("slider");
    for (let seq = 2; seq <= 3; seq += 1) await slider.press("ArrowRight");
    await page.getByText(/^Entry 3 of/).waitFor();
    await page.getByRole("region", { name: "Turns" }).getByText("Mira", { exact: true }).waitFor();
    await slider.press("End");
    await page.getByText("Decided: Thursday").waitFor();
    await page.getByRole("button", { name: "Back to live" }).click();
    await page.getByRole("textbox", { name: "Prompt" }).waitFor();
  });

  it("finds entries by their words, and hides all others", async () => {
    await page.getByRole("textbox", { name: "Search in this session" }).fill("oven");
    await page.getByText("My oven is free that day.").waitFor();
    const stored = await storedEntries(site.owner, house.session_id);
    const wanted = stored.filter((entry) => JSON.stringify(entry).includes("oven"));
    await page.waitForFunction(
      (count) => document.querySelectorAll("[data-seq]").length === count,
      wanted.length,
    );
    expect(await readSeqs(page)).to.deep.equal(wanted.map(({ seq }) => seq));
  });

  it("goes to the entry that the address names, and not again when a search ends", async () => {
    await page.goto("/");
    await page.goto(`/sessions/${house.session_id}#1`);
    await page.locator('.entry-marked[data-seq="1"]').waitFor();
    const search = page.getByRole("textbox", { name: "Search in this session" });
    await search.fill("oven");
    await page.locator('[data-seq="1"]').waitFor({ state: "detached" });
    await search.fill("");
    await page.waitForFunction(isAtEnd);
  });

  it("goes back to the newest entry when it was not a hand that led away from it", async () => {
    await page.waitForFunction(isAtEnd);
    // Rows that are drawn for the first time lead back by their height; those that are known do not.
    for (let times = 0; times < 3; times += 1) {
      await page.getByRole("feed").evaluate((list) => {
        list.scrollTop = 0;
      });
      await page.waitForFunction(isAtEnd);
    }
  });

  it("keeps the newest entry in sight while what is written takes room from the list", async () => {
    await page.waitForFunction(isAtEnd);
    const text = page.getByRole("textbox", { name: /Prompt|Message/ });
    for (let lines = 2; lines <= 5; lines += 1) {
      await text.fill("\n".repeat(lines - 1));
      await page.waitForFunction(isAtEnd, 20);
    }
    await text.fill("");
  });

  it("breaks lines where they were broken", async () => {
    const { session_id } = house;
    const lines = ["First line", "second line  ", "third line", "", "- a point", "goes on"];
    await site.owner.call("comment.post", { session_id, content: lines.join("\n") });
    const comment = page.locator("article").filter({ hasText: "First line" });
    await comment.waitFor();
    const shown = await comment.locator(".written > *").allInnerTexts();
    expect(shown).to.deep.equal(["First line\nsecond line\nthird line", "a point\ngoes on"]);
  });

  it("waits for a database that is away, and shows an archived session as archived meanwhile", async () => {
    const { agent_id } = await newBot(site.owner, "Scribe");
    const input = { title: "Long ago", agent_ids: [agent_id] };
    const { id: session_id } = await site.owner.call("session.create", input);
    await Promise.all(
      Array.from({ length: 250 }, (_, index) =>
        site.owner.call("comment.post", { session_id, content: `Remark ${index + 1}` }),
      ),
    );
    await site.owner.call("session.update", { session_id, status: "archived" });
    const tab = await window.context.newPage();
    const wire = await Wire.of(tab);
    const error = { code: "unavailable", message: "The database is away" } as const;
    wire.refusals.set("stream.read", error);
    await tab.addInitScript(hurry);
    await tab.goto(`/sessions/${session_id}`);
    await tab.getByText("This session is archived").waitFor();
    expect(await tab.getByRole("region", { name: "Write" }).count()).to.equal(0);
    // More often than a client asks by itself.
    await wire.refused(15);
    wire.refusals.clear();
    await tab.goto(`/sessions/${session_id}#1`);
    await tab.getByText("Remark 1", { exact: true }).waitFor();
    await tab.close();
  });

  it("exports what a recording is read from", async function () {
    this.timeout(60_000);
    await page.goto(`/sessions/${house.session_id}/insight`);
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name: "Save as JSON Lines" }).click(),
    ]);
    const text = await readFile(await download.path(), "utf8");
    const stored = await storedEntries(site.owner, house.session_id);
    const lines = text.trimEnd().split("\n");
    expect(lines.slice(1).map((line) => JSON.parse(line))).to.deep.equal(stored);
    expect(parseExport(text).entries).to.have.length(stored.length);
  });
});

/** Whether the list of the page shows its last entry. */
function isAtEnd(within = 60): boolean {
  const { scrollHeight, scrollTop, clientHeight } = document.querySelector('[role="feed"]')!;
  return scrollTop > 0 && scrollHeight - scrollTop - clientHeight < within;
}
