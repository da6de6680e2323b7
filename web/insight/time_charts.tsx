import { LineChart } from "@mantine/charts";
import { SimpleGrid } from "@mantine/core";
import { useMemo } from "react";
import { allTokens, count, fewDigits, roughly } from "./amounts.ts";
import { figures } from "./data_table.tsx";
import { Figure, Missing } from "./figure.tsx";
import type { UsageAt } from "./over_time.ts";
import type { Past } from "./use_gathered.ts";

const DAY_MS = 86_400_000;

/** Tokens and cost as they added up while the session went on; nothing where nothing was used. */
export function TimeCharts({ past }: { past: Past }) {
  const points = useMemo(() => past.gathered.overTime.points(), [past]);
  const last = points.at(-1)!;
  const timeText = clockOf(points);
  const currencies = Object.keys(last.cost);
  if (allTokens(last.tokens) === 0 && currencies.length === 0) {
    return (
      <Missing title="Nothing was used yet">
        Lines appear here once agents record <code>token_usage</code> or <code>cost</code> log
        entries.
      </Missing>
    );
  }
  return (
    <SimpleGrid cols={{ base: 1, md: 2 }}>
      {allTokens(last.tokens) > 0 && <TokensOverTime points={points} timeText={timeText} />}
      {currencies.map((currency) => (
        <CostOverTime key={currency} points={points} timeText={timeText} currency={currency} />
      ))}
    </SimpleGrid>
  );
}

interface OverTimeProps {
  readonly points: readonly UsageAt[];
  readonly timeText: (at: number) => string;
}

function TokensOverTime({ points, timeText }: OverTimeProps) {
  const sums = points.map(({ at, tokens }) => {
    const written = tokens.output + tokens.reasoning;
    return { time: timeText(at), read: allTokens(tokens) - written, written };
  });
  const { read, written } = sums.at(-1)!;
  return (
    <Figure
      title="Tokens over time"
      summary={`From nothing to ${count(read)} tokens read and ${count(written)} written.`}
      columns={[{ label: "Up to" }, ...figures("Read (input)", "Written (output)")]}
      rows={steps(sums, (one) => `${one.read} ${one.written}`).map((sum, place) => ({
        key: String(place),
        cells: [sum.time, count(sum.read), count(sum.written)],
      }))}
    >
      <Line
        data={sums}
        series={[
          { name: "read", label: "Read (input)", color: "indigo" },
          {
            name: "written",
            label: "Written (output), dashed",
            color: "orange",
            strokeDasharray: "6 4",
          },
        ]}
        textOf={roughly}
      />
    </Figure>
  );
}

function CostOverTime({ points, timeText, currency }: OverTimeProps & { currency: string }) {
  const sums = points.map(({ at, cost }) => {
    const amount = cost[currency] ?? "0";
    return { time: timeText(at), amount, drawn: Number(amount) };
  });
  return (
    <Figure
      title={`Cost over time in ${currency}`}
      summary={`From nothing to ${sums.at(-1)!.amount} ${currency}.`}
      columns={[{ label: "Up to" }, ...figures(currency)]}
      rows={steps(sums, ({ amount }) => amount).map(({ time, amount }, place) => ({
        key: String(place),
        cells: [time, amount],
      }))}
    >
      <Line
        data={sums}
        series={[{ name: "drawn", label: currency, color: "teal" }]}
        textOf={fewDigits}
      />
    </Figure>
  );
}

interface LineProps {
  readonly data: Record<string, string | number>[];
  readonly series: readonly {
    name: string;
    label: string;
    color: string;
    strokeDasharray?: string;
  }[];
  readonly textOf: (value: number) => string;
}

function Line({ data, series, textOf }: LineProps) {
  return (
    <LineChart
      h={240}
      data={data}
      dataKey="time"
      series={series.map((one) => ({
        ...one,
        color: `var(--mantine-color-${one.color}-light-color)`,
      }))}
      curveType="stepAfter"
      withDots={false}
      withLegend={series.length > 1}
      valueFormatter={textOf}
      xAxisProps={{ minTickGap: 40 }}
      accessibilityLayer={false}
    />
  );
}

/** The rows where something changed, and the first. */
function steps<One>(all: readonly One[], shownOf: (one: One) => string): One[] {
  return all.filter((one, place) => place === 0 || shownOf(one) !== shownOf(all[place - 1]!));
}

/** How moments of these points are written: with the day if there are several. */
function clockOf(points: readonly UsageAt[]): (at: number) => string {
  const [first, last] = [points[0]!.at, points.at(-1)!.at];
  const format = new Intl.DateTimeFormat(
    undefined,
    last - first < DAY_MS ? { timeStyle: "medium" } : { dateStyle: "short", timeStyle: "short" },
  );
  return (at) => format.format(at);
}
