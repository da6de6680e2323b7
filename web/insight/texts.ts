/**
 * The beginning of a text in one line.
 * @param most characters, with the sign that something is left out
 */
export function firstLine(text: string, most: number): string {
  const line = text
    .slice(0, 4 * most)
    .replace(/\s+/g, " ")
    .trim();
  return line.length > most ? `${line.slice(0, most - 1)}…` : line;
}
