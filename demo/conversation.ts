import type { JsonObject } from "../contract/json.ts";

/** The bots of the demo, in the order in which they joined the team. */
export const bots = [
  { name: "Mira", role: "Leads the planning and says what was decided" },
  { name: "Otto", role: "Knows the calendar" },
  { name: "Juno", role: "Keeps the budget" },
] as const;

type BotName = (typeof bots)[number]["name"];

/** One thing that is said, and by whom. */
export type Line =
  | { by: BotName; says: string; tool_call?: JsonObject }
  | { by: BotName; logs: "token_usage" | "cost" | "info"; message: string; data: JsonObject }
  | { prompt: string }
  | { comment: string };

/** How a neighbourhood's repair café found its evening. */
export const conversation: readonly Line[] = [
  { prompt: "Find an evening in March for our repair café: 30 guests, soup, and at most 200 EUR." },
  {
    by: "Mira",
    says: "Otto, which Thursdays is the hall free? Juno, what would hall and soup cost?",
  },
  {
    by: "Otto",
    says: "Looking at the hall's calendar.",
    tool_call: {
      id: "call_1",
      name: "calendar.free",
      arguments: { room: "hall", month: "2027-03" },
    },
  },
  {
    by: "Otto",
    says: "The 4th and the 18th are free. On the 11th and the 25th the choir sings.",
    tool_call: { id: "call_1", name: "calendar.free", result: ["2027-03-04", "2027-03-18"] },
  },
  { by: "Mira", says: "The 4th is too soon for posters. Let us plan for the 18th." },
  {
    by: "Juno",
    says: "Asking for prices for 30 people.",
    tool_call: {
      id: "call_2",
      name: "prices.quote",
      arguments: { guests: 30, items: ["hall", "soup", "bread"] },
    },
  },
  {
    by: "Juno",
    says: "Hall 80, soup 105, bread 24: that is 209 EUR, 9 more than we have.",
    tool_call: {
      id: "call_2",
      name: "prices.quote",
      result: { hall: 80, soup: 105, bread: 24, total: 209 },
    },
  },
  {
    by: "Juno",
    logs: "token_usage",
    message: "Quoted and added up",
    data: { model: "demo-small", input: 812, output: 96 },
  },
  { comment: "My oven is free that day: I will bake the bread myself." },
  { by: "Juno", says: "Then it is 185 EUR, and 15 are left for flour and glue." },
  { by: "Otto", says: "Thursday the 18th, 18:00 to 21:30, is on hold for us until tomorrow noon." },
  {
    by: "Mira",
    says: "Decided: Thursday 18 March at 18:00, hall and soup for 185 EUR, bread from our own oven.",
  },
  {
    by: "Mira",
    logs: "cost",
    message: "All model calls of this plan",
    data: { amount: "0.0031", currency: "EUR", model: "demo-small" },
  },
  { comment: "Lovely, I confirmed the hall. See you all on the 18th!" },
];
