import type { Browser } from "playwright-core";
import { connect, type TestClient } from "../support/client.ts";
import { createDatabase, type TestDatabase } from "../support/database.ts";
import { OWNER_TOKEN, startNode, type TestNode } from "../support/node.ts";
import { newPerson } from "../support/people.ts";
import { expectNoFaults, launch, openWindow, signIn } from "./browser.ts";

describe("signing in on the page", () => {
  let database: TestDatabase;
  let node: TestNode;
  let owner: TestClient;
  let browser: Browser;

  before(async function () {
    this.timeout(60_000);
    database = await createDatabase();
    [node, browser] = await Promise.all([startNode({ DATABASE_URL: database.url }), launch()]);
    owner = await connect(node.url);
  });

  after(async () => {
    owner.close();
    await browser.close();
    await node.stop();
    await database.drop();
  });

  it("refuses a wrong token with the reason, and takes a good one after it", async () => {
    const window = await openWindow(browser, { url: node.url });
    const { page } = window;
    await page.goto("/");
    const field = page.getByRole("textbox", { name: "Access token or sign-in link" });
    await field.fill(`tm_${"x".repeat(43)}`);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("alert").waitFor();
    await field.fill(`${node.url}/#token=${OWNER_TOKEN}`);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("heading", { name: "Sessions" }).waitFor();
    expectNoFaults(window);
  });

  it("by a link where somebody else is signed in signs in the other, and keeps them", async () => {
    const other = await newPerson(owner);
    const window = await openWindow(browser, { url: node.url });
    const { page } = window;
    await signIn(window, OWNER_TOKEN);
    await page.goto(`/#token=${other.token}`);
    await page.getByRole("button", { name: "Account of Someone" }).waitFor();
    await page.reload();
    await page.getByRole("button", { name: "Account of Someone" }).waitFor();
    expectNoFaults(window);
  });

  it("leaves another tab the person it was opened for, and who signed in last signed in", async () => {
    const [one, other] = [await newPerson(owner), await newPerson(owner)];
    const window = await openWindow(browser, { url: node.url });
    await signIn(window, one.token);
    const tab = await window.context.newPage();
    await tab.goto(`/#token=${other.token}`);
    await tab.getByRole("heading", { name: "Sessions" }).waitFor();
    const { page } = window;
    await page.evaluate(() => {
      location.hash = "#5";
    });
    await owner.call("token.revoke", { token_id: one.token_id });
    await page.getByText("You are not signed in any more").waitFor();
    await tab.reload();
    await tab.getByRole("heading", { name: "Sessions" }).waitFor();
    expectNoFaults(window);
  });

  it("ends when the token is revoked, and says so", async () => {
    const other = await newPerson(owner);
    const window = await openWindow(browser, { url: node.url });
    await signIn(window, other.token);
    await owner.call("token.revoke", { token_id: other.token_id });
    await window.page.getByText("You are not signed in any more").waitFor();
  });
});
