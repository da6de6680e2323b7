import { groupBy, REFERENCE, type Row, rowsOf } from "./ratios.ts";
import type { Run } from "./result.ts";
import { digits } from "./table.ts";

const WIDTH = 960;
const PLOT = { left: 316, right: 890 };
const HEAD = 116;
const BAR = { height: 10, step: 13 };
const INK = { text: "#1e293b", muted: "#64748b", line: "#e2e8f0", naive: "#475569" };

/** How a peer is shown; hollow is what stores nothing, a limit rather than a rival. */
const LOOKS: Record<string, { label: string; colour: string; hollow?: true }> = {
  taskmaster: { label: "Taskmaster", colour: "#4f46e5" },
  naive_numbered: { label: "naive, numbered", colour: "#94a3b8" },
  feathers: { label: "Feathers", colour: "#e0a030" },
  ws: { label: "ws, stores nothing", colour: "#0f9b8e", hollow: true },
  ws_coalesced: { label: "ws, one write a tick, stores nothing", colour: "#0b6e99", hollow: true },
};
const look = (peer: string) => LOOKS[peer] ?? { label: peer, colour: "#a8a29e" };

type Scale = (ratio: number) => number;
type Measured = Row & { ratio: NonNullable<Row["ratio"]> };

/**
 * Draws how every peer compares with naive: per case of each workload, a bar from 1 to the median
 * ratio of the workload's `ratio_of`, on a logarithmic axis, with the spread of the rounds.
 * @returns an SVG that stands alone and has its own background
 */
export function drawChart(run: Run): string {
  const rows = rowsOf(run).filter(
    (row): row is Measured =>
      row.name === run.workloads[row.workload]!.ratio_of &&
      row.peer !== REFERENCE &&
      row.ratio !== null,
  );
  const ticks = ticksFor(rows);
  const scale = scaleOver(ticks);
  let y = HEAD + 8;
  const sections = groupBy(rows, ({ workload }) => workload).map((ofWorkload) => {
    const { title } = run.workloads[ofWorkload[0]!.workload]!;
    const heading = text(32, y + 14, title, { size: 14, weight: 600 });
    y += 26;
    const cases = groupBy(ofWorkload, ({ variant }) => variant).map((ofCase) => {
      const drawn = drawCase(ofCase, y, scale);
      y += ofCase.length * BAR.step + 12;
      return drawn;
    });
    y += 14;
    return heading + cases.join("");
  });
  const { machine } = run;
  const foot = `${machine.cpu}, ${machine.cores} cores · Node ${machine.node} · PostgreSQL ${machine.postgres} · ${machine.date.slice(0, 10)} · ${machine.commit}`;
  const height = y + 40;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-labelledby="title desc" font-family="system-ui, -apple-system, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif">`,
    `<title id="title">How many times better than a naive server</title>`,
    `<desc id="desc">${escapeXml(describe(run, rows))}</desc>`,
    `<rect x="0.5" y="0.5" width="${WIDTH - 1}" height="${height - 1}" rx="12" fill="#ffffff" stroke="${INK.line}"/>`,
    text(32, 40, "How many times better than a naive server", { size: 20, weight: 700 }),
    text(32, 62, "Median of the rounds; whiskers from the worst to the best. Logarithmic.", {}),
    drawLegend(rows),
    ...ticks.map((tick) => drawTick(tick, scale(tick), y - 8)),
    ...sections,
    text(32, height - 18, foot, { size: 11, colour: INK.muted }),
    "</svg>\n",
  ].join("\n");
}

function drawCase(rows: Measured[], top: number, scale: Scale): string {
  const { variant, figure } = rows[0]!;
  const middle = top + (rows.length * BAR.step) / 2;
  const label = text(PLOT.left - 52, middle + 3, variant || figure.title, { anchor: "end" });
  return label + rows.map((row, index) => drawBar(row, top + index * BAR.step, scale)).join("");
}

function drawBar({ peer, figure, value, ratio }: Measured, top: number, scale: Scale): string {
  const { label, colour, hollow } = look(peer);
  const [naive, end, min, max] = [1, ratio.median, ratio.min, ratio.max].map(scale) as [
    number,
    number,
    number,
    number,
  ];
  const middle = top + BAR.height / 2;
  const said = `${label}: ${digits(ratio.median)} times, ${digits(value.median)} ${figure.unit}`;
  const paint = hollow
    ? `fill="${colour}" fill-opacity="0.16" stroke="${colour}"`
    : `fill="${colour}"`;
  const better = ratio.median >= 1;
  const isOurs = peer === "taskmaster";
  return [
    `<g><title>${escapeXml(said)}</title>`,
    `<rect x="${fix(Math.min(naive, end))}" y="${top}" width="${fix(Math.max(1, Math.abs(end - naive)))}" height="${BAR.height}" rx="2" ${paint}/>`,
    `<path d="M${fix(min)} ${middle}H${fix(max)}M${fix(min)} ${middle - 3}v6M${fix(max)} ${middle - 3}v6" stroke="${INK.text}" stroke-opacity="0.75"/>`,
    text(
      better ? Math.max(end, max) + 7 : Math.min(end, min) - 7,
      middle + 3.5,
      digits(ratio.median),
      {
        size: isOurs ? 12 : 10,
        weight: isOurs ? 700 : 400,
        anchor: better ? "start" : "end",
        colour: isOurs ? colour : INK.muted,
      },
    ),
    "</g>",
  ].join("");
}

function drawTick(tick: number, x: number, bottom: number): string {
  const isNaive = tick === 1;
  return [
    `<path d="M${fix(x)} ${HEAD}V${bottom}" stroke="${isNaive ? INK.naive : INK.line}"/>`,
    text(x, HEAD - 6, isNaive ? "naive = 1" : String(tick), {
      size: 11,
      anchor: "middle",
      colour: isNaive ? INK.text : INK.muted,
    }),
  ].join("");
}

function drawLegend(rows: Row[]): string {
  let x = 32;
  return groupBy(rows, ({ peer }) => peer)
    .map(([first]) => {
      const { label, colour, hollow } = look(first!.peer);
      const paint = hollow
        ? `fill="${colour}" fill-opacity="0.16" stroke="${colour}"`
        : `fill="${colour}"`;
      const drawn = `<rect x="${x}" y="74" width="12" height="10" rx="2" ${paint}/>${text(x + 18, 83, label, {})}`;
      x += 44 + label.length * 6.4;
      return drawn;
    })
    .join("");
}

/** 1, 2, 5, 10 … as far as the bars reach to either side. */
function ticksFor(rows: Measured[]): number[] {
  const low = Math.min(0.5, ...rows.map(({ ratio }) => ratio.min));
  const high = Math.max(2, ...rows.map(({ ratio }) => ratio.max));
  const all = [-3, -2, -1, 0, 1, 2, 3].flatMap((power) =>
    [1, 2, 5].map((step) => Number((step * 10 ** power).toPrecision(1))),
  );
  const first = all.findLastIndex((tick) => tick <= low);
  const last = all.findIndex((tick) => tick >= high);
  return all.slice(Math.max(0, first), last < 0 ? undefined : last + 1);
}

function scaleOver(ticks: number[]): Scale {
  const [from, to] = [Math.log(ticks[0]!), Math.log(ticks.at(-1)!)];
  return (ratio) => PLOT.left + ((Math.log(ratio) - from) / (to - from)) * (PLOT.right - PLOT.left);
}

/** The same in words, for who cannot see it. */
function describe(run: Run, rows: Measured[]): string {
  const ours = rows
    .filter(({ peer }) => peer === "taskmaster")
    .map(({ workload, variant, figure, ratio }) => {
      const what = [run.workloads[workload]!.title, variant, figure.title];
      return `${what.filter((part) => part !== "").join(", ")}: ${digits(ratio.median)} times`;
    });
  return `Taskmaster compared with a naive server in the same round. ${ours.join(". ")}.`;
}

interface Style {
  size?: number;
  weight?: number;
  anchor?: "start" | "middle" | "end";
  colour?: string;
}

function text(x: number, y: number, content: string, style: Style): string {
  const { size = 12, weight = 400, anchor = "start", colour = INK.text } = style;
  return `<text x="${fix(x)}" y="${fix(y)}" font-size="${size}" font-weight="${weight}" text-anchor="${anchor}" fill="${colour}" stroke="#ffffff" stroke-width="3" paint-order="stroke">${escapeXml(content)}</text>`;
}

const fix = (value: number) => Number(value.toFixed(1));

function escapeXml(content: string): string {
  return content.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
}
