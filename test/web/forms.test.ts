import { expect } from "chai";
import type { Locator, Page } from "playwright-core";
import { connect } from "../support/client.ts";
import { OWNER_TOKEN } from "../support/node.ts";
import { newBot, newPerson } from "../support/people.ts";
import { expectNoFaults, openWindow, shoot, signIn, useSite, type Window } from "./browser.ts";
import { hurry, Wire } from "./wire.ts";

describe("a part of the page", () => {
  const site = useSite();
  let window: Window;
  let page: Page;

  beforeEach(async () => {
    window = await openWindow(site.browser, { url: site.node.url });
    page = window.page;
  });

  afterEach(async function () {
    const failed = this.currentTest?.state === "failed";
    if (failed) await shoot(window, "failed-part");
    await window.context.close();
    if (!failed) expectNoFaults(window);
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
    const { id } = await site.owner.call("session.create", { title: "Unkept" });
    await site.owner.call("comment.post", { session_id: id, content: "Hello" });
    await signIn(window, OWNER_TOKEN);
    await page.getByRole("link", { name: "Unkept" }).click();
    await page.locator("article").getByText("Hello").waitFor();
  });

  it("changes only what was changed there, and shows what others change", async () => {
    const { agent_id } = await newBot(site.owner, "Nell");
    await signIn(window, OWNER_TOKEN);
    await page.goto(`/agents?agent=${agent_id}`);
    const name = page.getByRole("textbox", { name: "Name", exact: true });
    await valueIn(name, "Nell");
    await site.owner.call("agent.update", { agent_id, name: "Nelly" });
    await comeBack();
    await valueIn(name, "Nelly");
    await page.getByRole("textbox", { name: "Role" }).fill("reads");
    await site.owner.call("agent.update", { agent_id, name: "Eleanor", config: { model: "m" } });
    await page.getByRole("button", { name: "Save the agent" }).click();
    await page.getByText("is saved").waitFor();
    const agent = await site.owner.call("agent.get", { agent_id });
    expect(agent).to.deep.include({ name: "Eleanor", role: "reads", config: { model: "m" } });
    await valueIn(name, "Eleanor");
  });

  it("takes back what was just saved, also where one goes on typing meanwhile", async () => {
    const { agent_id } = await newBot(site.owner, "Hal");
    const wire = await Wire.of(page);
    await page.addInitScript(hurry);
    await signIn(window, OWNER_TOKEN);
    await page.goto(`/agents?agent=${agent_id}`);
    const role = page.getByRole("textbox", { name: "Role" });
    const name = page.getByRole("textbox", { name: "Name", exact: true });
    await role.fill("reads");
    wire.cut();
    await page.getByRole("button", { name: "Save the agent" }).click();
    await name.fill("Hal 2");
    wire.mend();
    const stored = async (role: string) => {
      for (;;) {
        const agent = await site.owner.call("agent.get", { agent_id });
        if (agent.role === role) return agent.name;
      }
    };
    expect(await stored("reads")).to.equal("Hal");
    await valueIn(name, "Hal 2");
    await role.fill("");
    await page.getByRole("button", { name: "Save the agent" }).click();
    expect(await stored("")).to.equal("Hal 2");
  });

  it("sends nothing by the Enter that ends a composition, as Safari tells of it", async () => {
    const { id } = await site.owner.call("session.create", { title: "Composed" });
    await signIn(window, OWNER_TOKEN);
    await page.goto(`/sessions/${id}`);
    const text = page.getByRole("textbox", { name: "Message" });
    await text.fill("にほん");
    await text.dispatchEvent("keydown", { key: "Enter", keyCode: 229 });
    await valueIn(text, "にほん");
    await text.press("Enter");
    await valueIn(text, "");
  });

  it("lets a message that is never finished go after a minute", async () => {
    const { agent_id, token } = await newBot(site.owner, "Stuck");
    const input = { title: "Stuck", agent_ids: [agent_id] };
    const { id: session_id } = await site.owner.call("session.create", input);
    await page.clock.install();
    await signIn(window, OWNER_TOKEN);
    await page.goto(`/sessions/${session_id}`);
    await page.getByText("Nothing has happened here yet").waitFor();
    const bot = await connect(site.node.url, token);
    await bot.call("session.join", { session_id });
    const delta = { session_id, stream_id: crypto.randomUUID(), offset: 0, text: "Half a" };
    const draft = page.getByText("Half a");
    while ((await draft.count()) === 0) await bot.call("delta.send", delta);
    await page.clock.fastForward(61_000);
    await page.clock.fastForward(6_000);
    await draft.waitFor({ state: "detached" });
    bot.close();
  });

  it("does not set a member's role back that others changed", async () => {
    const { id: team_id } = await site.owner.call("team.create", {
      name: "Trio",
      type: "round_robin",
    });
    const { agent_id } = await newBot(site.owner, "Rolf");
    await site.owner.call("team.add_agent", { team_id, agent_id });
    await signIn(window, OWNER_TOKEN);
    await page.goto(`/teams/${team_id}`);
    const role = page.getByRole("combobox", { name: "Role of Rolf in the team" });
    await valueIn(role, "member");
    await site.owner.call("team.add_agent", { team_id, agent_id, role_in_team: "leader" });
    await comeBack();
    await valueIn(role, "leader");
    await role.focus();
    await page.keyboard.press("Tab");
    const { data } = await site.owner.call("team.list_agents", { team_id });
    expect(data[0]).to.include({ role_in_team: "leader" });
  });

  it("takes what is typed key by key: half seconds, and a text or a rule", async () => {
    const edges = [{ from: "Gil", to: "Gil" }];
    const config = { strategy: "graph", edges, max_turns: 5 };
    const team = await site.owner.call("team.create", { name: "Graph", type: "custom", config });
    const { agent_id } = await newBot(site.owner, "Gil");
    await site.owner.call("team.add_agent", { team_id: team.id, agent_id });
    await signIn(window, OWNER_TOKEN);
    await page.goto(`/teams/${team.id}`);
    await page.getByRole("tab", { name: "Rules" }).click();
    await page.getByLabel("Time for a turn").first().pressSequentially("0.5");
    const rule = '{ "!": [false] }';
    await page.getByLabel("Only if").pressSequentially(rule);
    await page.getByRole("button", { name: "Save the rules" }).click();
    await page.getByText("Graph is saved").waitFor();
    const saved = await site.owner.call("team.get", { team_id: team.id });
    expect(saved.config).to.deep.include({
      turn_timeout_ms: 500,
      edges: [{ ...edges[0], condition: JSON.parse(rule) }],
    });
  });

  it("offers a bot's token what a bot may, and who has an agent in the session to answer", async () => {
    const { agent_id, token } = await newBot(site.owner, "Solo");
    const guest = await newPerson(site.owner);
    const asGuest = await connect(site.node.url, guest.token);
    const voice = { name: "Voice", type: "user_proxy", visibility: "instance" } as const;
    const { id: voice_id } = await asGuest.call("agent.create", voice);
    asGuest.close();
    const { id: team_id } = await site.owner.call("team.create", {
      name: "Duo",
      type: "round_robin",
    });
    for (const id of [voice_id, agent_id]) {
      await site.owner.call("team.add_agent", { team_id, agent_id: id });
    }
    const { id: session_id } = await site.owner.call("session.create", { title: "Mixed", team_id });
    const { user_id } = guest;
    await site.owner.call("session.add_member", { session_id, user_id, role: "observer" });
    await site.owner.call("prompt.post", { session_id, content: "Go" });
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
