/** Waits for work, but no longer than the limit; resolves with whether the work was done. */
export async function withLimit(work: Promise<unknown>, ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<false>((resolve) => {
    timer = setTimeout(resolve, ms, false);
  });
  return Promise.race([work.then(() => true), limit]).finally(() => clearTimeout(timer));
}
