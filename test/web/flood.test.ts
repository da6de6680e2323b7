import { setInterval as every } from "node:timers/promises";
import { expect } from "chai";
import { connect, type TestClient } from "../support/client.ts";
import { OWNER_TOKEN } from "../support/node.ts";
import { newBot } from "../support/people.ts";
import { expectNoFaults, openWindow, shoot, signIn, useSite, type Window } from "./browser.ts";
import { readSeqs } from "./entries.ts";

const ENTRIES = 20_000;
const A_SECOND = 1_000;
const TICK_MS = 50;

describe("an open page while 1,000 entries a second arrive", () => {
  const site = useSite();
  let bot: TestClient;
  let window: Window;

  before(async function () {
    this.timeout(60_000);
    window = await openWindow(site.browser, { url: site.node.url });
  });

  after(async () => {
    bot.close();
  });

  afterEach(async function () {
    if (this.currentTest?.state === "failed") await shoot(window, "failed");
  });

  it("shows every one of them once and in order, and stays usable", async function () {
    this.timeout(240_000);
    const { agent_id, token } = await newBot(site.owner, "Flood");
    bot = await connect(site.node.url, token);
    const input = { title: "Flood", agent_ids: [agent_id] };
    const { id: session_id } = await site.owner.call("session.create", input);
    const { page } = window;
    await signIn(window, OWNER_TOKEN);
    await page.goto(`/sessions/${session_id}`);
    await page.getByText("Nothing has happened here yet").waitFor();
    await page.evaluate(watchTasks);
    const before = await heapBytes();

    const began = performance.now();
    const posts: Promise<unknown>[] = [];
    for await (const _ of every(TICK_MS)) {
      const due = Math.min(ENTRIES, ((performance.now() - began) * A_SECOND) / 1000);
      while (posts.length < due) {
        const content = `Entry ${posts.length + 1}: what **one** bot says, with \`code\``;
        posts.push(bot.call("message.post", { session_id, content }));
      }
      if (posts.length === ENTRIES) break;
    }
    await Promise.all(posts);
    const seconds = (performance.now() - began) / 1000;
    await page.locator(`article[data-seq="${ENTRIES}"]`).waitFor();
    const settled = (performance.now() - began) / 1000;
    const tasks = await page.evaluate(() => (globalThis as unknown as Watched).tasks);
    const grown = (await heapBytes()) - before;

    // Whoever scrolls anywhere finds what belongs there.
    for (const seq of [1, 7_777, 15_000, ENTRIES]) {
      await page.goto(`/sessions/${session_id}#${seq}`);
      await page.locator(`article[data-seq="${seq}"]`).getByText(`Entry ${seq}:`).waitFor();
      const seqs = await readSeqs(page);
      expect(seqs).to.deep.equal(seqs.map((_, place) => seqs[0]! + place));
    }
    expectNoFaults(window);
    const longest = Math.max(0, ...tasks);
    console.log(
      `      ${ENTRIES} entries in ${seconds.toFixed(1)} s, shown after ${settled.toFixed(1)} s; longest task ` +
        `${longest.toFixed(0)} ms, ${tasks.length} over 50 ms; the heap grew by ${(grown / 1e6).toFixed(0)} MB`,
    );
    // Kept in memory as they are, some 600 bytes each; a page that kept all rows would need 20 times that.
    expect(grown).to.be.below(ENTRIES * 4_000);

    async function heapBytes(): Promise<number> {
      const session = await window.context.newCDPSession(page);
      await session.send("HeapProfiler.collectGarbage");
      const { usedSize } = await session.send("Runtime.getHeapUsage");
      await session.detach();
      return usedSize;
    }
  });
});

interface Watched {
  tasks: number[];
}

/** Runs in the page: notes every task of its main thread over 50 ms. */
function watchTasks(): void {
  const watched = globalThis as unknown as Watched;
  watched.tasks = [];
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) watched.tasks.push(duration);
  }).observe({ type: "longtask" });
}
