import { OWNER_TOKEN } from "../support/node.ts";
import { newPerson } from "../support/people.ts";
import { expectNoFaults, openWindow, signIn, useSite } from "./browser.ts";

describe("signing in on the page", () => {
  const site = useSite();

  it("refuses a wrong token with the reason, and takes a good one after it", async () => {
    const window = await openWindow(site.browser, { url: site.node.url });
    const { page } = window;
    await page.goto("/");
    const field = page.getByRole("textbox", { name: "Access token or sign-in link" });
    await field.fill(`tm_${"x".repeat(43)}`);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("alert").waitFor();
    await field.fill(`${site.node.url}/#token=${OWNER_TOKEN}`);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("heading", { name: "Sessions" }).waitFor();
    expectNoFaults(window);
  });

  it("by a link where somebody else is signed in signs in the other, and keeps them", async () => {
    const other = await newPerson(site.owner);
    const window = await openWindow(site.browser, { url: site.node.url });
    const { page } = window;
    await signIn(window, OWNER_TOKEN);
    await page.goto(`/#token=${other.token}`);
    await page.getByRole("button", { name: "Account of Someone" }).waitFor();
    await page.reload();
    await page.getByRole("button", { name: "Account of Someone" }).waitFor();
    expectNoFaults(window);
  });

  it("leaves another tab the person it was opened for, and who signed in last signed in", async () => {
    const [one, other] = [await newPerson(site.owner), await newPerson(site.owner)];
    const window = await openWindow(site.browser, { url: site.node.url });
    await signIn(window, one.token);
    const tab = await window.context.newPage();
    await tab.goto(`/#token=${other.token}`);
    await tab.getByRole("heading", { name: "Sessions" }).waitFor();
    const { page } = window;
    await page.evaluate(() => {
      location.hash = "#5";
    });
    await site.owner.call("token.revoke", { token_id: one.token_id });
    await page.getByText("You are not signed in any more").waitFor();
    await tab.reload();
    await tab.getByRole("heading", { name: "Sessions" }).waitFor();
    expectNoFaults(window);
  });

  it("ends when the token is revoked, and says so", async () => {
    const other = await newPerson(site.owner);
    const window = await openWindow(site.browser, { url: site.node.url });
    await signIn(window, other.token);
    await site.owner.call("token.revoke", { token_id: other.token_id });
    await window.page.getByText("You are not signed in any more").waitFor();
  });
});
