import type { Client } from "../client/index.ts";
import { type CommandName, commands, type Input, type Output } from "../contract/commands.ts";

/** The most that one page of a list holds. */
const PAGE = 200;

/** One row of what a list answers. */
export type RowOf<Name extends CommandName> =
  Output<Name> extends { data: (infer Row)[]; next: string | null } ? Row : never;

/** Whether a command answers pages of rows. */
export function isList(name: CommandName): boolean {
  return "cursor" in commands[name].input.shape;
}

/**
 * Reads a list row by row, newest first, page after page as they are needed.
 * @param name of a list
 * @param input without limit and cursor
 * @param wanted how many rows are read at the most, so that no larger page is asked for
 */
export async function* everyRow<Name extends CommandName>(
  client: Client,
  name: Name,
  input: Omit<Input<Name>, "limit" | "cursor">,
  wanted: number = Number.POSITIVE_INFINITY,
): AsyncGenerator<RowOf<Name>, void, void> {
  let cursor: string | null = null;
  do {
    const place = { limit: Math.min(wanted, PAGE), ...(cursor !== null && { cursor }) };
    const answered = await client.command(name, { ...input, ...place } as Input<Name>);
    const page = answered as { data: RowOf<Name>[]; next: string | null };
    yield* page.data;
    cursor = page.next;
  } while (cursor !== null);
}

/** Reads a whole list, newest first. */
export async function allRows<Name extends CommandName>(
  client: Client,
  name: Name,
  input: Omit<Input<Name>, "limit" | "cursor">,
): Promise<RowOf<Name>[]> {
  const rows: RowOf<Name>[] = [];
  for await (const row of everyRow(client, name, input)) rows.push(row);
  return rows;
}
