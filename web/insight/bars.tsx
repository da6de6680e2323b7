import { BarChart } from "@mantine/charts";
import { colorOf, fillOf, type Ink, Key } from "./inks.tsx";

/** More bars than these are in the table only. */
export const MOST_BARS = 20;
const BAR_PX = 34;
const AXIS_PX = 40;

interface BarsProps {
  /** A row a bar: `name`, and a number by the name of each ink. */
  readonly data: readonly Record<string, string | number>[];
  readonly inks: readonly Ink[];
  readonly isStacked?: boolean;
  readonly textOf: (value: number) => string;
}

/** Lying bars, one a row or one a row and ink, the first at the top. */
export function Bars({ data, inks, isStacked = false, textOf }: BarsProps) {
  const shown = data.slice(0, MOST_BARS);
  const perRow = isStacked ? 1 : inks.length;
  const byName = new Map(inks.map((ink) => [ink.name, ink]));
  return (
    <>
      {inks.length > 1 && <Key inks={inks} />}
      <BarChart
        h={shown.length * (BAR_PX + (perRow - 1) * 16) + AXIS_PX}
        data={[...shown]}
        dataKey="name"
        orientation="vertical"
        type={isStacked ? "stacked" : "default"}
        series={inks.map((ink) => ({ name: ink.name, label: ink.label, color: colorOf(ink) }))}
        barProps={({ name }) => ({ fill: fillOf(byName.get(name)!), radius: 0 })}
        maxBarWidth={22}
        gridAxis="y"
        tickLine="x"
        valueFormatter={textOf}
        xAxisProps={{ tickCount: 4 }}
        yAxisProps={{ width: 96, interval: 0, tickFormatter: shortName }}
        accessibilityLayer={false}
      />
      {data.length > shown.length && `${data.length - shown.length} more are in the table.`}
    </>
  );
}

function shortName(name: string): string {
  return name.length > 14 ? `${name.slice(0, 13)}…` : name;
}
