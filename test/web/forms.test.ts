import { expect } from "chai";
import type { Browser, Locator, Page } from "playwright-core";
import { connect, type TestClient } from "../support/client.ts";
import { createDatabase, type TestDatabase } from "../support/database.ts";
import { OWNER_TOKEN, startNode, type TestNode } from "../support/node.ts";
import { newBot, newPerson } from "../support/people.ts";
import { expectNoFaults, launch, openWindow, shoot, signIn, type Window } from "./browser.ts";

describe("a part of the page", () => {
  let database: TestDatabase;
  let node: TestNode;
  let owner: TestClient;
  let browser: Browser;
  let window: Window;
  let page: Page;

  before(async function () {
    this.timeout(60_000);
    database = await createDatabase();
    [node, browser] = await Promise.all([startNode({ DATABASE_URL: database.url }), launch()]);
    owner = await connect(node.url);
  });

  beforeEach(async () => {
    window = await openWindow(browser, { url: node.url });
    page = window.page;
  });

  afterEach(async function () {
    const failed = this.currentTest?.state === "failed";
    if (failed) await shoot(window, "failed-part");
    await window.context.close();
    if (!failed) expectNoFaults(window);
  });

  after(async () => {
    owner.close();
    await browser.close();
    await node.stop();
    await database.drop();
  });

  /** As when one comes back to the page: what it shows is read again. */
  const comeBack = () =>
    page.evaluate(() => document.dispatchEvent(new Event("visibilitychange", { bubbles: true })));
  const valueIn = async (field: Locator, value: string) => {
    while ((await field.inputValue()) !== value);
  };

  it("that cannot be loaded says so, and leaves the rest as it was", async () => {
    await signIn(window, OWNER_TOKEN);
    await page.route(/\/assets\/.*\.js/, (route) => route.abort());
    await page.getByRole("link", { name: "Teams", exact: true }).click();
    await page.getByText("This part of the page could not be shown").waitFor();
    await shoot(window, "part-not-loaded");
    await page.getByRole("link", { name: "Sessions", exact: true }).click();
    await page.getByRole("heading", { name: "Sessions" }).waitFor();
    await page.unroute(/\/assets\/.*\.js/);
    await page.getByRole("link", { name: "Teams", exact: true }).click();
    await page.getByRole("button", { name: "Load the page anew" }).click();
    await page.getByRole("button", { name: "New team" }).waitFor();
  });

  it("works where the browser keeps nothing", async () => {
    await page.addInitScript(() => {
      Object.defineProperty(globalThis, "localStorage", {
        get() {
          throw new DOMException("forbidden", "SecurityError");
        },
      });
    });
    const { id } = await owner.call("session.create", { title: "Unkept" });
    await owner.call("comment.post", { session_id: id, content: "Hello" });
    await signIn(window, OWNER_TOKEN);
    await page.getByRole("link", { name: "Unkept" }).click();
    await page.locator("article").getByText("Hello").waitFor();
  });

  it("changes only what was changed there, and shows what others change", async () => {
    const { agent_id } = await newBot(owner, "Nell");
    await signIn(window, OWNER_TOKEN);
    await page.goto(`/agents?agent=${agent_id}`);
    const name = page.getByRole("textbox", { name: "Name", exact: true });
    await valueIn(name, "Nell");
    await owner.call("agent.update", { agent_id, name: "Nelly" });
    await comeBack();
    await valueIn(name, "Nelly");
    await page.getByRole("textbox", { name: "Role" }).fill("reads");
    await owner.call("agent.update", { agent_id, name: "Eleanor", config: { model: "m" } });
    await page.getByRole("button", { name: "Save the agent" }).click();
    await page.getByText("is saved").waitFor();
    const agent = await owner.call("agent.get", { agent_id });
    expect(agent).to.deep.include({ name: "Eleanor", role: "reads", config: { model: "m" } });
  });

  it("does not set a member's role back that others changed", async () => {
    const { id: team_id } = await owner.call("team.create", { name: "Trio", type: "round_robin" });
    const { agent_id } = await newBot(owner, "Rolf");
    await owner.call("team.add_agent", { team_id, agent_id });
    await signIn(window, OWNER_TOKEN);
    await page.goto(`/teams/${team_id}`);
    const role = page.getByRole("combobox", { name: "Role of Rolf in the team" });
    await valueIn(role, "member");
    await owner.call("team.add_agent", { team_id, agent_id, role_in_team: "leader" });
    await comeBack();
    await valueIn(role, "leader");
    await role.focus();
    await page.keyboard.press("Tab");
    const { data } = await owner.call("team.list_agents", { team_id });
    expect(data[0]).to.include({ role_in_team: "leader" });
  });

  it("takes what is typed key by key: half seconds, and a text or a rule", async () => {
    const edges = [{ from: "Gil", to: "Gil" }];
    const config = { strategy: "graph", edges, max_turns: 5 };
    const team = await owner.call("team.create", { name: "Graph", type: "custom", config });
    const { agent_id } = await newBot(owner, "Gil");
    await owner.call("team.add_agent", { team_id: team.id, agent_id });
    await signIn(window, OWNER_TOKEN);
    await page.goto(`/teams/${team.id}`);
    await page.getByRole("tab", { name: "Rules" }).click();
    await page.getByLabel("Time for a turn").first().pressSequentially("0.5");
    const rule = '{ "!": [false] }';
    await page.getByLabel("Only if").pressSequentially(rule);
    await page.getByRole("button", { name: "Save the rules" }).click();
    await page.getByText("Graph is saved").waitFor();
    const saved = await owner.call("team.get", { team_id: team.id });
    expect(saved.config).to.deep.include({
      turn_timeout_ms: 500,
      edges: [{ ...edges[0], condition: JSON.parse(rule) }],
    });
  });

  it("offers a bot's token what a bot may, and who has an agent in the session to answer", async () => {
    const { agent_id, token } = await newBot(owner, "Solo");
    const guest = await newPerson(owner);
    const asGuest = await connect(node.url, guest.token);
    const voice = { name: "Voice", type: "user_proxy", visibility: "instance" } as const;
    const { id: voice_id } = await asGuest.call("agent.create", voice);
    asGuest.close();
    const { id: team_id } = await owner.call("team.create", { name: "Duo", type: "round_robin" });
    for (const id of [voice_id, agent_id]) {
      await owner.call("team.add_agent", { team_id, agent_id: id });
    }
    const { id: session_id } = await owner.call("session.create", { title: "Mixed", team_id });
    const { user_id } = guest;
    await owner.call("session.add_member", { session_id, user_id, role: "observer" });
    await owner.call("prompt.post", { session_id, content: "Go" });
    await signIn(window, token);
    await page.goto(`/sessions/${session_id}`);
    await page.getByRole("textbox", { name: "Message" }).waitFor();
    expect(await page.getByRole("radio", { name: "Message" }).count()).to.equal(1);
    expect(await page.getByRole("radio", { name: /Prompt|Comment/ }).count()).to.equal(0);
    await signIn(window, guest.token);
    await page.goto(`/sessions/${session_id}`);
    await page.getByRole("textbox", { name: "Your answer" }).fill("Here I am");
    await page.keyboard.press("Enter");
    await page.locator("article").getByText("Here I am").waitFor();
  });
});
