/**
 * Makes of any text one that can be stored, without NUL and without half a character.
 * @param longest how many UTF-16 code units are kept
 */
export function storable(text: string, longest = Number.POSITIVE_INFINITY): string {
  return text.slice(0, longest).replaceAll("\0", "\uFFFD").toWellFormed();
}
