import { expect } from "chai";
import { OWNER_TOKEN } from "../support/node.ts";
import { violations } from "./axe.ts";
import { expectNoFaults, openWindow, screenshots, shoot, useSite, type Window } from "./browser.ts";
import { type FullHouse, fillHouse } from "./full_house.ts";

const sizes = { phone: { width: 390, height: 844 }, desktop: { width: 1280, height: 800 } };
const themes = ["light", "dark"] as const;

/** Where to go, and what is there once the page is complete. */
type Place = readonly [name: string, path: (house: FullHouse) => string, shows: RegExp];

const places: readonly Place[] = [
  ["sessions", () => "/", /Repair café/],
  ["session", ({ session_id }) => `/sessions/${session_id}`, /Decided: Thursday/],
  ["session-empty", ({ empty_id }) => `/sessions/${empty_id}`, /Nothing has happened here yet/],
  ["session-absent", () => `/sessions/${crypto.randomUUID()}`, /cannot be shown/],
  ["insight", ({ session_id }) => `/sessions/${session_id}/insight`, /Tokens/],
  ["teams", () => "/teams", /Café crew/],
  ["team", ({ team_id }) => `/teams/${team_id}`, /Café crew/],
  ["agents", () => "/agents", /Mira/],
  ["tools", () => "/tools", /calendar/],
  ["account", () => "/account", /Account/],
  ["nowhere", () => "/sesions", /There is nothing here/],
];

describe("every page", () => {
  const site = useSite();
  let house: FullHouse;

  before(async function () {
    this.timeout(60_000);
    house = await fillHouse(site.owner, site.node.url);
    console.log(`      screenshots: ${screenshots}`);
  });

  for (const [size, { width, height }] of Object.entries(sizes)) {
    it(`breaks no rule of accessibility, light and dark: ${size}`, async function () {
      this.timeout(180_000);
      const window = await openWindow(site.browser, { url: site.node.url, width, height });
      const { page } = window;
      const found: string[] = [];
      const look = async (name: string) => {
        for (const theme of themes) {
          await page.emulateMedia({ colorScheme: theme });
          await page.locator(`[data-mantine-color-scheme=${theme}]`).waitFor();
          await shoot(window, `${name}-${size}-${theme}`);
          for (const line of await violations(page)) found.push(`${name}, ${theme}: ${line}`);
        }
        expect(await overflow(window), `${name} is wider than the screen`).to.equal(0);
      };
      await page.goto("/");
      await page.getByRole("button", { name: "Sign in" }).waitFor();
      await look("sign-in");
      await page.goto(`/#token=${OWNER_TOKEN}`);
      for (const [name, path, shows] of places) {
        await page.goto(path(house));
        await page.getByText(shows).first().waitFor();
        await look(name);
      }
      expect(found).to.deep.equal([]);
      expectNoFaults(window);
      await window.context.close();
    });
  }
});

/** Pixels by which the page can be scrolled sideways. */
function overflow({ page }: Window): Promise<number> {
  return page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    return scrollWidth - clientWidth;
  });
}
