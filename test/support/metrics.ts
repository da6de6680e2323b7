/** The figures of a node's /metrics, by name with labels, such as `taskmaster_joins_total`. */
export type Figures = Map<string, number>;

export async function readMetrics(url: string): Promise<Figures> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const lines = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  return new Map(
    lines.map((line) => {
      const space = line.lastIndexOf(" ");
      return [line.slice(0, space), Number(line.slice(space + 1))];
    }),
  );
}

/** Asks again until the figures are as expected; the test's own time limit ends it otherwise. */
export async function metricsUntil(
  url: string,
  expected: (figures: Figures) => boolean,
): Promise<Figures> {
  for (;;) {
    const figures = await readMetrics(url);
    if (expected(figures)) return figures;
  }
}
