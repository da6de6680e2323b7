import type { Page } from "playwright-core";
import type { Entry } from "../../contract/entry.ts";
import type { TestClient } from "../support/client.ts";

/** What the page shows of an entry. */
export interface Shown {
  readonly seq: number;
  readonly text: string;
}

/** What the page must show of a stored entry: its number and its words, Markdown and blanks aside. */
export function shownOf(entry: Entry): Shown {
  const text = entry.kind === "log_entry" ? entry.message : entry.content;
  return { seq: entry.seq, text: words(text) };
}

/**
 * Reads the entries that the page shows, scrolling from the oldest to the newest.
 * @param count how many there must be; it waits until the newest of them is shown
 * @returns every entry once, in the order in which they stand on the page; its words are those that
 *   `expected` has, if the page shows them
 */
export async function readEntries(page: Page, expected: readonly Shown[]): Promise<Shown[]> {
  const last = expected.at(-1)!.seq;
  await page.locator(`article[data-seq="${last}"]`).waitFor();
  // Only a hand takes the list from its newest entry.
  await page.getByRole("feed").press("Home");
  const found = await page.evaluate(async (last) => {
    const list = document.querySelector('[role="feed"]')!;
    const rows: { seq: number; text: string }[] = [];
    list.scrollTop = 0;
    // A number that does not come although one looks for it so often is missing, and is left out.
    for (let tries = 0; tries < 100 && rows.at(-1)?.seq !== last; tries += 1) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      const shown = [...list.querySelectorAll<HTMLElement>("article[data-seq]")];
      const fresh = shown
        .map((row) => ({ seq: Number(row.dataset.seq), text: row.textContent ?? "" }))
        .filter(({ seq }) => !rows.some((row) => row.seq === seq));
      const wanted = (rows.at(-1)?.seq ?? 0) + 1;
      const isTooFar = fresh[0] !== undefined && fresh[0].seq > wanted && tries < 50;
      if (fresh.length > 0 && !isTooFar) {
        rows.push(...fresh);
        tries = 0;
      }
      list.scrollBy(0, (isTooFar ? -list.clientHeight : list.clientHeight) / 2);
    }
    return rows;
  }, last);
  const wanted = new Map(expected.map((shown) => [shown.seq, shown.text]));
  return found.map(({ seq, text }) => {
    const said = wanted.get(seq);
    return { seq, text: said !== undefined && words(text).includes(said) ? said : words(text) };
  });
}

function words(text: string): string {
  const plain = text.replace(/^\s*(\d+\.|-|```\w*)\s/gm, "").replace(/[*_`#>]/g, "");
  return plain.replace(/\s+/g, " ").trim();
}

/** The numbers that stand on the page now, from top to bottom. */
export function readSeqs(page: Page): Promise<number[]> {
  return page
    .locator("article[data-seq]")
    .evaluateAll((rows) => rows.map((row) => Number((row as HTMLElement).dataset.seq)));
}

/** All that is stored of a session. */
export async function storedEntries(client: TestClient, session_id: string): Promise<Entry[]> {
  const entries: Entry[] = [];
  for (let more = true; more; ) {
    const after = entries.at(-1)?.seq ?? 0;
    const page = await client.call("stream.read", { session_id, after, limit: 1000 });
    entries.push(...page.entries);
    more = page.has_more;
  }
  return entries;
}
