/** How many nodes one kind of use takes on one design; it ends where no number is enough. */
export interface Curve {
  readonly mix: string;
  readonly design: string;
  readonly points: readonly { readonly subscribers: number; readonly nodes: number }[];
}

const SIZE = { width: 960, height: 560 };
const PLOT = { left: 80, right: 920, top: 160, bottom: 490 };
const INK = { text: "#1e293b", muted: "#64748b", line: "#e2e8f0" };
const COLOURS = ["#4f46e5", "#0f9b8e", "#e0a030"];
const DASHES = ["2 4", "8 4", ""];

/** Decades of each axis: subscribers 10^4 to 10^7, nodes 1 to 10^4. */
const X = { from: 4, to: 7 };
const Y = { from: 0, to: 4 };

/**
 * Draws curves on two logarithmic axes: a colour for each mix, a dash for each design.
 * @returns an SVG that stands alone and has its own background
 */
export function drawCurves(curves: readonly Curve[]): string {
  const mixes = [...new Set(curves.map(({ mix }) => mix))];
  const designs = [...new Set(curves.map(({ design }) => design))];
  const { width, height } = SIZE;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="title desc" font-family="system-ui, -apple-system, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif">`,
    `<title id="title">Nodes needed for so many subscribers</title>`,
    `<desc id="desc">${describe(curves)}</desc>`,
    `<rect x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="12" fill="#ffffff" stroke="${INK.line}"/>`,
    text(32, 40, "Nodes needed for so many subscribers", 20, INK.text, 700),
    text(
      32,
      62,
      "A model with measured constants, not a measurement. A node is one core. Both axes logarithmic.",
      12,
      INK.text,
    ),
    ...mixes.map((mix, index) => legend(32, 84 + index * 17, mix, COLOURS[index]!, "")),
    ...designs.map((design, index) =>
      legend(420, 84 + index * 17, design, INK.muted, DASHES[index]!),
    ),
    ...ticks(X).map((power) => drawColumn(power)),
    ...ticks(Y).map((power) => drawLine(power)),
    text(
      (PLOT.left + PLOT.right) / 2,
      PLOT.bottom + 44,
      "subscribers",
      12,
      INK.muted,
      400,
      "middle",
    ),
    text(32, PLOT.top - 10, "nodes", 12, INK.muted),
    ...curves.map(({ mix, design, points }) =>
      drawCurve(points, COLOURS[mixes.indexOf(mix)]!, DASHES[designs.indexOf(design)]!),
    ),
    "</svg>\n",
  ].join("\n");
}

function drawCurve(points: Curve["points"], colour: string, dash: string): string {
  if (points.length === 0) return "";
  const path = points.map(({ subscribers, nodes }) => `${fix(x(subscribers))} ${fix(y(nodes))}`);
  return `<path d="M${path.join("L")}" fill="none" stroke="${colour}" stroke-width="2"${dashed(dash)}/>`;
}

function drawColumn(power: number): string {
  const at = x(10 ** power);
  return `<path d="M${fix(at)} ${PLOT.top}V${PLOT.bottom}" stroke="${INK.line}"/>${text(at, PLOT.bottom + 20, (10 ** power).toLocaleString("en"), 11, INK.muted, 400, "middle")}`;
}

function drawLine(power: number): string {
  const at = y(10 ** power);
  return `<path d="M${PLOT.left} ${fix(at)}H${PLOT.right}" stroke="${INK.line}"/>${text(PLOT.left - 10, at + 4, (10 ** power).toLocaleString("en"), 11, INK.muted, 400, "end")}`;
}

function legend(left: number, top: number, label: string, colour: string, dash: string): string {
  return `<path d="M${left} ${top}h26" stroke="${colour}" stroke-width="2"${dashed(dash)}/>${text(left + 34, top + 4, label, 12, INK.text)}`;
}

/** The same in words, for who cannot see it. */
function describe(curves: readonly Curve[]): string {
  return curves
    .map(({ mix, design, points }) => {
      const last = points.at(-1);
      const end = last
        ? `${last.nodes} nodes for ${last.subscribers.toLocaleString("en")} subscribers`
        : "no number of nodes is enough";
      return `${mix}, ${design}: ${end}.`;
    })
    .join(" ");
}

const ticks = ({ from, to }: { from: number; to: number }) =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index);

const dashed = (dash: string) => (dash === "" ? "" : ` stroke-dasharray="${dash}"`);

const x = (subscribers: number) =>
  PLOT.left + ((Math.log10(subscribers) - X.from) / (X.to - X.from)) * (PLOT.right - PLOT.left);

const y = (nodes: number) =>
  PLOT.bottom - ((Math.log10(nodes) - Y.from) / (Y.to - Y.from)) * (PLOT.bottom - PLOT.top);

const fix = (value: number) => Number(value.toFixed(1));

function text(
  left: number,
  top: number,
  content: string,
  size: number,
  colour: string,
  weight = 400,
  anchor = "start",
): string {
  return `<text x="${fix(left)}" y="${fix(top)}" font-size="${size}" font-weight="${weight}" text-anchor="${anchor}" fill="${colour}">${content}</text>`;
}
