/** About what people and agents write in one message. */
const FILLER =
  "The build is green again on both machines; what is left is the review of the migration, " +
  "which Ada wants to see before noon, and the note for those who upgrade.";

/** What the message of this number says: about 200 characters, never the same twice. */
export function textOf(number: number): string {
  return `${number} ${FILLER}`;
}

const FILLER_JSON = JSON.stringify(FILLER).slice(1);

/** The same as JSON. */
export function jsonOf(number: number): string {
  return `"${number} ${FILLER_JSON}`;
}

/**
 * Finds the number of a message by what it says.
 * @throws Error when it is not, letter by letter, what textOf gave
 */
export function numberOf(text: string): number {
  const number = Number.parseInt(text, 10);
  if (text !== textOf(number)) throw new Error(`a message came changed: ${text}`);
  return number;
}

/** SQL for textOf, of an integer expression; for filling a table with a backlog. */
export function textSql(number: string): string {
  return `${number}::text || ' ${FILLER}'`;
}
