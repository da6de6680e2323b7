/** One option's part of a tally, to be drawn as a bar. */
export interface TallyRow {
  readonly option: string;
  readonly value: number;
  /** As the record writes it: exact. */
  readonly text: string;
}

/**
 * Reads from an outcome's tally what each option got, where the rule gives each one figure.
 * @param tally as the outcome records it: option → an exact number such as `2` or `2/3`, or anything
 *   else for rules that count otherwise
 * @returns a row an option, the best first; none if the tally is of another shape
 */
export function tallyRows(tally: unknown, options: readonly string[]): TallyRow[] {
  if (typeof tally !== "object" || tally === null) return [];
  const rows = options.flatMap((option) => {
    const text = (tally as Record<string, unknown>)[option];
    if (typeof text !== "string" && typeof text !== "number") return [];
    const value = amountOf(String(text));
    return Number.isFinite(value) ? [{ option, value, text: String(text) }] : [];
  });
  return rows.sort((one, other) => other.value - one.value);
}

function amountOf(text: string): number {
  const [part, whole = "1"] = text.split("/");
  return Number(part) / Number(whole);
}
