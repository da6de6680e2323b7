import { expect } from "chai";
import type { Browser, Locator } from "playwright-core";
import { connect, type TestClient } from "../support/client.ts";
import { createDatabase, type TestDatabase } from "../support/database.ts";
import { OWNER_TOKEN, startNode, type TestNode } from "../support/node.ts";
import { newBot, newPerson } from "../support/people.ts";
import { freePort } from "../support/port.ts";
import { eventsIn, type OpenedTurn, TestBot } from "../support/team.ts";
import {
  expectNoFaults,
  launch,
  openWindow,
  screenshots,
  shoot,
  signIn,
  type Window,
} from "./browser.ts";
import { readEntries, shownOf, storedEntries } from "./entries.ts";
import { makeOwnVoice, makeTeam, openSession } from "./house.ts";
import { hurry, Wire } from "./wire.ts";

const BOTS = ["Mira", "Otto", "Juno"];

describe("a session on the page", () => {
  let database: TestDatabase;
  let env: Record<string, string>;
  let node: TestNode;
  let owner: TestClient;
  let browser: Browser;
  let first: Window;
  let second: Window;
  const bots: TestBot[] = [];
  /** Until somebody has seen the first message being written, nobody finishes one. */
  let onStreamSeen: () => void;
  const streamSeen = new Promise<void>((resolve) => {
    onStreamSeen = resolve;
  });

  before(async function () {
    this.timeout(60_000);
    database = await createDatabase();
    env = { DATABASE_URL: database.url, PORT: String(await freePort()) };
    [node, browser] = await Promise.all([startNode(env), launch()]);
    owner = await connect(node.url);
    console.log(`      screenshots: ${screenshots}`);
  });

  after(async () => {
    for (const bot of bots) bot.close();
    owner.close();
    await browser.close();
    await node.stop();
    await database.drop();
  });

  afterEach(async function () {
    if (this.currentTest?.state === "failed") await shoot(first, "failed");
  });

  it("shows two people all that is stored, once and in order, through a restart", async function () {
    this.timeout(240_000);
    const agents = new Map<string, { agent_id: string; token: string }>();
    for (const name of BOTS) agents.set(name, await newBot(owner, name));
    const guest = await newPerson(owner);

    first = await openWindow(browser, { url: node.url });
    const { page } = first;
    await signIn(first, OWNER_TOKEN);
    await shoot(first, "sessions-empty");
    await makeOwnVoice(first, "Olive");
    const team_id = await makeTeam(first, { name: "Café crew", members: [...BOTS, "Olive"] });
    await shoot(first, "team");
    const session_id = await openSession(first, { title: "Repair café", team: "Café crew" });
    for (const name of BOTS) {
      const team = { team_id, session_id, agents };
      bots.push(await TestBot.start(team, name, [node.url], 0, streamed(session_id, name)));
    }

    await page.getByRole("textbox", { name: "Prompt" }).fill("Plan the **repair café** in March");
    await page.getByRole("button", { name: "Send" }).click();
    await page.getByRole("region", { name: "Being written" }).getByText(/Mira/).waitFor();
    await page.getByText("Plan the repair café in March").waitFor();
    await shoot(first, "session-streaming");
    onStreamSeen();
    await page.getByText("It is your turn").waitFor();
    await shoot(first, "session-your-turn");

    await page.getByRole("textbox", { name: "Let somebody in" }).fill(await emailOf(guest.user_id));
    await page.getByRole("button", { name: "Add", exact: true }).click();
    await page.getByText(/joined as participant/).waitFor();
    second = await openWindow(browser, { url: node.url, width: 390, height: 844, theme: "dark" });
    await signIn(second, guest.token);
    await second.page.getByRole("link", { name: /Repair café/ }).click();
    await comment(second, "I bring the **bread**");
    await page.getByText("I bring the bread").waitFor();

    // While the server is away the person answers all the same.
    await node.kill();
    await page.getByText("Offline, retrying").first().waitFor();
    await page.getByRole("textbox", { name: "Your answer" }).fill("Thursday the 12th, please");
    await page.getByRole("button", { name: "Answer" }).click();
    await page.getByText(/Sending your message/).waitFor();
    await shoot(first, "session-offline");
    node = await startNode(env);
    owner.close();
    owner = await connect(node.url);

    await page.getByRole("tab", { name: /Decisions/ }).click();
    await ask(first, "Which evening?", ["Thursday", "Friday"]);
    await page.getByRole("radio", { name: "Thursday" }).check();
    await page.getByRole("tab", { name: /People/ }).click();
    await page.getByRole("tab", { name: /Decisions/ }).click();
    expect(await page.getByRole("radio", { name: "Thursday" }).isChecked()).to.equal(true);
    await shoot(first, "session-vote");
    await page.getByRole("button", { name: "Vote" }).click();
    await page.getByText("Decided: Thursday").first().waitFor();
    await shoot(first, "session-decided");
    await page.getByRole("textbox", { name: "Your answer" }).fill("Thank you all. DONE");
    await page.getByRole("button", { name: "Answer" }).click();
    await page
      .getByText(/^The run stopped/)
      .first()
      .waitFor();
    await shoot(second, "session-phone-dark");

    await shoot(first, "session-stopped");
    const stored = await storedEntries(owner, session_id);
    expect(eventsIn(stored, "run.stopped")).to.have.length(1);
    expect(stored.filter(({ kind }) => kind === "message")).to.have.length.above(BOTS.length);
    const wanted = stored.map(shownOf);
    expect(await readEntries(page, wanted)).to.deep.equal(wanted);
    expect(await readEntries(second.page, wanted)).to.deep.equal(wanted);
    console.log(`      ${wanted.length} entries stored, and on both pages, once and in order`);
    await page.getByRole("link", { name: "Insight" }).click();
    await page.getByText("Tokens per agent").waitFor();
    await shoot(first, "insight");
    expectNoFaults(first);
    expectNoFaults(second);
  });

  it("keeps what was sent while the server was away, wherever one goes, and tells what was refused", async () => {
    const { agent_id } = await newBot(owner, "Kim");
    const input = { title: "Kept", agent_ids: [agent_id] };
    const { id: session_id } = await owner.call("session.create", input);
    first = await openWindow(browser, { url: node.url });
    const { page } = first;
    const wire = await Wire.of(page);
    await page.addInitScript(hurry);
    await signIn(first, OWNER_TOKEN);
    const goTo = (name: string) => page.getByRole("link", { name }).click();
    await goTo("Kept");
    await page.getByText("Nothing has happened here yet").waitFor();
    wire.cut();
    await page.getByText("Offline, retrying").first().waitFor();
    await page.getByRole("textbox", { name: "Message" }).fill("Is anybody there?");
    await page.getByRole("button", { name: "Send" }).click();
    await goTo("Sessions");
    await goTo("Kept");
    await page.getByText("Sending your message: Is anybody there?").waitFor();
    await shoot(first, "session-unsent");
    const asked = page.waitForEvent("dialog");
    await page.evaluate(() => setTimeout(() => location.reload()));
    expect((await asked).type()).to.equal("beforeunload");
    await (await asked).dismiss();
    await page.getByText("Sending your message: Is anybody there?").waitFor();
    await goTo("Sessions");
    await page.getByRole("heading", { name: "Sessions" }).waitFor();
    await owner.call("session.update", { session_id, status: "archived" });
    wire.mend();
    const told = page.getByRole("alert").filter({ hasText: "Your message was not taken" });
    await told.getByText("Is anybody there?").waitFor();
    await shoot(first, "sessions-refused");
    await told.getByRole("link", { name: "To its session" }).click();
    await told.getByRole("button", { name: "Close" }).click();
    await page.getByText("This session is archived").waitFor();
    await owner.call("session.update", { session_id, status: "active" });
    await page.getByRole("button", { name: "Send again" }).click();
    await page.locator("article").getByText("Is anybody there?").waitFor();
    expectNoFaults(first);
    await first.context.close();
  });

  it("tells at once whose turn it is, and leaves what one is writing as it was meant", async () => {
    const { id: team_id } = await owner.call("team.create", { name: "Two", type: "round_robin" });
    for (const name of ["Ada", "Bea"]) {
      const { id: agent_id } = await owner.call("agent.create", { name, type: "user_proxy" });
      await owner.call("team.add_agent", { team_id, agent_id });
    }
    const { id: session_id } = await owner.call("session.create", { title: "Voices", team_id });
    first = await openWindow(browser, { url: node.url });
    const { page } = first;
    // Nothing is told because it was time to look.
    await page.addInitScript(() => {
      const every = globalThis.setInterval;
      globalThis.setInterval = ((act: () => void, ms: number) =>
        ms >= 3_000 ? 0 : every(act, ms)) as typeof setInterval;
    });
    await signIn(first, OWNER_TOKEN);
    await page.goto(`/sessions/${session_id.toUpperCase()}`);
    await page.getByText("Comment", { exact: true }).click();
    const comment = page.getByRole("textbox", { name: "Comment", exact: true });
    await comment.fill("A remark for");
    await owner.call("prompt.post", { session_id, content: "Say who you are" });
    await page.getByText("It is your turn, as Ada").waitFor();
    await expectValue(comment, "A remark for");
    await page.getByRole("button", { name: "More" }).click();
    await page.getByRole("menuitem", { name: "Replay from the beginning" }).click();
    await page.getByRole("button", { name: "Back to live" }).click();
    await expectValue(comment, "A remark for");
    await page.getByRole("link", { name: "Sessions" }).click();
    await page.goBack();
    await expectValue(comment, "A remark for");
    await page.getByText("Message", { exact: true }).click();
    await page.getByRole("textbox", { name: "Your answer" }).fill("I am Ada");
    await page.keyboard.press("Enter");
    await page.getByText("It is your turn, as Bea").waitFor();
    await shoot(first, "session-voices");
    expectNoFaults(first);
    await first.context.close();
  });

  it("follows who is in a session, and what they may, as it changes", async () => {
    const [guest, other] = [await newPerson(owner), await newPerson(owner)];
    const { agent_id } = await newBot(owner, "Lou");
    const input = { title: "Guests", agent_ids: [agent_id] };
    const { id: session_id } = await owner.call("session.create", input);
    const let_in = (user_id: string, role: "participant" | "observer") =>
      owner.call("session.add_member", { session_id, user_id, role });
    await let_in(guest.user_id, "observer");
    await let_in(other.user_id, "observer");
    first = await openWindow(browser, { url: node.url });
    const { page } = first;
    await signIn(first, guest.token);
    await page.goto(`/sessions/${session_id}`);
    await page.getByText("You follow this session as an observer").waitFor();
    const people = page.getByRole("tabpanel", { name: "People" });
    await people.getByText("owner", { exact: true }).nth(1).waitFor();
    await people.getByText("Someone").nth(1).waitFor();
    await let_in(guest.user_id, "participant");
    await page.getByRole("textbox", { name: "Message" }).waitFor();
    await owner.call("session.remove_member", { session_id, user_id: other.user_id });
    await people.getByText("Someone").nth(1).waitFor({ state: "detached" });
    await let_in(guest.user_id, "observer");
    await page.getByText("You follow this session as an observer").waitFor();
    await owner.call("session.remove_member", { session_id, user_id: guest.user_id });
    await page.getByText("This session cannot be shown").waitFor();
    await let_in(guest.user_id, "participant");
    await page.getByRole("button", { name: "Try again" }).click();
    await page.getByRole("textbox", { name: "Message" }).waitFor();
    expectNoFaults(first);
    await first.context.close();
  });

  it("says why something that was asked for is refused", async () => {
    const { agent_id } = await newBot(owner, "Max");
    const input = { title: "Refused", agent_ids: [agent_id] };
    const { id: session_id } = await owner.call("session.create", input);
    first = await openWindow(browser, { url: node.url });
    const { page } = first;
    const wire = await Wire.of(page);
    wire.refusals.set("session.update", { code: "forbidden", message: "Not today" });
    await signIn(first, OWNER_TOKEN);
    await page.goto(`/sessions/${session_id}`);
    await page.getByRole("button", { name: "More" }).click();
    await page.getByRole("menuitem", { name: "Archive" }).click();
    await page.getByRole("alert").getByText("Not today").waitFor();
    expectNoFaults(first);
    await first.context.close();
  });

  async function emailOf(user_id: string): Promise<string> {
    const people = await owner.call("user.list", {});
    return people.data.find(({ id }) => id === user_id)!.email;
  }

  /** A bot that shows its words as they come, logs what they took, and votes. */
  function streamed(session_id: string, name: string) {
    return async (turn: OpenedTurn, client: TestClient) => {
      if (turn.purpose === "ballot") {
        const decision_id = turn.decision_id!;
        await client.call("ballot.cast", { session_id, decision_id, choice: votes[name]! });
        return;
      }
      const content = lines[name]![turn.round - 1] ?? "Fine with me.";
      const words = content.split(/(?<= )/);
      const stream_id = turn.turn_id;
      let offset = 0;
      for (const [place, text] of words.entries()) {
        await client.call("delta.send", { session_id, stream_id, offset, text });
        offset += text.length;
        if (place === words.length - 2) await streamSeen;
      }
      const used = { model: "demo-small", input: 400 * turn.round + offset, output: words.length };
      const cost = { amount: `0.00${used.input}`, currency: "EUR" };
      const log = { session_id, message: "Thought about it" };
      await client.call("log.post", { ...log, type: "token_usage", data: used });
      await client.call("log.post", { ...log, type: "cost", data: cost });
      await client.call("message.post", { session_id, id: stream_id, content });
    };
  }
});

async function expectValue(field: Locator, value: string): Promise<void> {
  await field.waitFor();
  expect(await field.inputValue()).to.equal(value);
}

/** What each bot says, round by round. */
const lines: Record<string, string[]> = {
  Mira: [
    "Let us find an evening for **30 guests**:\n\n1. a hall that is free\n2. soup for all\n3. at most `200 EUR`",
    "Then we only have to agree on the evening.",
  ],
  Otto: [
    'The calendar of the hall says:\n\n```json\n{ "free": ["Thursday 12th", "Friday 20th"] }\n```',
    "The hall is **reserved** for both, until tomorrow.",
  ],
  Juno: [
    "The hall takes 80 EUR, soup for 30 some 95 EUR. Together **175 EUR**, so there is room for bread.",
    "Whichever evening it is, I order the soup.",
  ],
};

/** So that the person's vote decides. */
const votes: Record<string, string> = { Mira: "Thursday", Otto: "Friday", Juno: "abstain" };

async function comment({ page }: Window, text: string): Promise<void> {
  await page.getByText("Comment", { exact: true }).click();
  await page.getByRole("textbox", { name: "Comment" }).fill(text);
  await page.getByRole("button", { name: "Send" }).click();
}

async function ask({ page }: Window, question: string, options: string[]): Promise<void> {
  await page.getByRole("button", { name: "Put a question to the team" }).click();
  const dialog = page.getByRole("dialog", { name: "A question for the team" });
  await dialog.getByRole("textbox", { name: "Question" }).fill(question);
  for (const option of options) {
    await dialog.getByLabel("Options").fill(option);
    await page.keyboard.press("Enter");
  }
  await dialog.getByRole("button", { name: "Ask" }).click();
  await dialog.waitFor({ state: "hidden" });
}
