import type { TestClient } from "../support/client.ts";
import type { Window } from "./browser.ts";

/**
 * Makes a team of these agents and the person themselves, who then vote by plurality.
 * @returns its id
 */
export async function makeTeam(
  _window: Window,
  owner: TestClient,
  names: readonly string[],
): Promise<string> {
  const { id: team_id } = await owner.call("team.create", {
    name: "Café crew",
    type: "round_robin",
    termination_condition_type: "text_mention",
    termination_condition_config: { text: "DONE" },
  });
  const { data } = await owner.call("agent.list", { limit: 200 });
  for (const name of names) {
    const { id: agent_id } = data.find((agent) => agent.name === name)!;
    await owner.call("team.add_agent", { team_id, agent_id });
  }
  const me = await owner.call("agent.create", { name: "Olive", type: "user_proxy" });
  await owner.call("team.add_agent", { team_id, agent_id: me.id });
  await owner.call("mechanism.create", {
    team_id,
    type: "democratic",
    config: { rule: "plurality" },
  });
  return team_id;
}

/** Opens a session for a team through the page. */
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
  return new URL(page.url()).pathname.split("/").at(-1)!;
}
