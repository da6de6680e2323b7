/**
 * Does what takes a button away, and gives the focus to what was around it, so that who works by keys
 * does not start over.
 * @param button within something of `tabIndex={-1}` that goes, within another one that stays
 */
export function stayNear(button: HTMLElement, remove: () => void): void {
  const gone = button.closest<HTMLElement>("[tabindex='-1']");
  const around = gone?.parentElement?.closest<HTMLElement>("[tabindex='-1']");
  remove();
  around?.focus();
}
