import type { Window } from "./browser.ts";

/** Makes, on the page, a user_proxy agent through which the person speaks. */
export async function makeOwnVoice({ page }: Window, name: string): Promise<void> {
  await page.getByRole("link", { name: "Agents", exact: true }).click();
  await page.getByRole("button", { name: "New agent" }).click();
  const dialog = page.getByRole("dialog", { name: "New agent" });
  await dialog.getByRole("textbox", { name: "Name" }).fill(name);
  await dialog.getByLabel("Type").selectOption("user_proxy");
  await dialog.getByRole("button", { name: "Make the agent" }).click();
  // What is made is shown, to go on with its tools and its bot.
  await page.getByRole("dialog").getByRole("button", { name: "Close" }).click();
  await page.getByRole("dialog").waitFor({ state: "hidden" });
}

/**
 * Makes, on the page, a team that takes turns in the order of these names until one says DONE, and
 * decides by plurality.
 * @returns its id
 */
export async function makeTeam(
  { page }: Window,
  { name, members }: { name: string; members: readonly string[] },
): Promise<string> {
  await page.getByRole("link", { name: "Teams", exact: true }).click();
  await page.getByRole("button", { name: "New team" }).click();
  const dialog = page.getByRole("dialog", { name: "New team" });
  await dialog.getByRole("textbox", { name: "Name" }).fill(name);
  await dialog.getByRole("button", { name: "Make the team" }).click();
  await page.getByRole("heading", { name }).waitFor();
  // Last first, so that the order is made by moving.
  for (const member of members.toReversed()) {
    await page.getByRole("combobox", { name: "Add a member" }).click();
    await page.getByRole("option", { name: member, exact: true }).click();
    await page.getByText(new RegExp(`\\d\\. ${member}`)).waitFor();
  }
  for (const [place, member] of members.entries()) {
    for (let at = members.length - 1; at > place; at -= 1) {
      await page.getByRole("button", { name: `Move ${member} up` }).click();
      await page.getByText(`${at}. ${member}`).waitFor();
    }
  }
  await page.getByRole("tab", { name: "Rules" }).click();
  await page.getByRole("button", { name: "Add a condition" }).click();
  await page.getByRole("textbox", { name: "Text", exact: true }).fill("DONE");
  await page.getByRole("button", { name: "Save the rules" }).click();
  await page.getByText(`${name} is saved`).waitFor();
  await page.getByRole("tab", { name: "Decisions" }).click();
  await page.getByRole("button", { name: "Add a way to decide" }).click();
  await page.getByRole("button", { name: "Add the rule" }).click();
  await page.getByText("The way to decide is saved").waitFor();
  // Notes go away by themselves, and then cover nothing.
  await page.getByText("The way to decide is saved").waitFor({ state: "hidden" });
  return idIn(page.url());
}

/**
 * Opens, on the page, a session for a team.
 * @returns its id
 */
export async function openSession(
  { page }: Window,
  { title, team }: { title: string; team: string },
): Promise<string> {
  await page.getByRole("link", { name: "Sessions", exact: true }).click();
  await page.getByRole("button", { name: "New session" }).click();
  const dialog = page.getByRole("dialog", { name: "New session" });
  await dialog.getByRole("textbox", { name: "Title" }).fill(title);
  await dialog.getByRole("combobox", { name: "Team" }).click();
  await page.getByRole("option", { name: team }).click();
  await dialog.getByRole("button", { name: "Open the session" }).click();
  await page.getByRole("heading", { name: title }).waitFor();
  return idIn(page.url());
}

function idIn(url: string): string {
  return new URL(url).pathname.split("/")[2]!;
}
