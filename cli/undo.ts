/**
 * Waits for work, and takes back what was done when it fails.
 * @param undo what it throws is not told: what went wrong first is what the reader must hear of
 * @throws what the work threw
 */
export async function orUndo<Result>(
  work: Promise<Result>,
  undo: () => Promise<unknown>,
): Promise<Result> {
  try {
    return await work;
  } catch (error) {
    await undo().catch(() => {});
    throw error;
  }
}
