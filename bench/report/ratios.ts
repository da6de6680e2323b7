import type { Figure, Result, Run } from "./result.ts";

/** The peer that every other is compared with. */
export const REFERENCE = "naive";

/** The middle of some values, and how far they reach. */
export interface Spread {
  median: number;
  min: number;
  max: number;
}

/** A row of the report: one figure of one peer over all rounds. */
export interface Row {
  workload: string;
  variant: string;
  /** The figure's name in the declaration. */
  name: string;
  figure: Figure;
  peer: string;
  value: Spread;
  /** Above 1 = better than naive in the same round; null where naive was not measured. */
  ratio: Spread | null;
  results: Result[];
}

/**
 * Puts a run's results together.
 * @returns the rows in the order of the run: by workload, variant, figure, then peer
 */
export function rowsOf(run: Run): Row[] {
  const cases = groupBy(run.results, ({ workload, variant }) => `${workload}\n${variant}`);
  return cases.flatMap((results) => {
    const { workload, variant } = results[0]!;
    const declaration = run.workloads[workload]!;
    const byPeer = groupBy(results, ({ peer }) => peer);
    return Object.entries(declaration.figures).flatMap(([name, figure]) =>
      byPeer.flatMap((all): Row[] => {
        const measured = all.filter(({ figures }) => figures[name] !== undefined);
        if (measured.length === 0) return [];
        const ratios = measured.flatMap((result) => ratio(result, results, name, figure) ?? []);
        return [
          {
            workload,
            variant,
            name,
            figure,
            peer: measured[0]!.peer,
            value: spread(measured.map(({ figures }) => figures[name]!)),
            ratio: ratios.length > 0 ? spread(ratios) : null,
            results: measured,
          },
        ];
      }),
    );
  });
}

function ratio(result: Result, all: Result[], name: string, figure: Figure): number | null {
  const reference = all.find(({ peer, round }) => peer === REFERENCE && round === result.round);
  const theirs = reference?.figures[name];
  const ours = result.figures[name]!;
  if (theirs === undefined) return null;
  return figure.better === "higher" ? ours / theirs : theirs / ours;
}

/** @param values at least one, in any order */
export function spread(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return {
    median: (sorted[Math.floor(middle)]! + sorted[Math.ceil(middle)]!) / 2,
    min: sorted[0]!,
    max: sorted.at(-1)!,
  };
}

/** Groups in the order in which their keys first appear. */
export function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): T[][] {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return [...groups.values()];
}
