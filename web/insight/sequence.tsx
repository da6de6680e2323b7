import { Text } from "@mantine/core";
import { type CSSProperties, type KeyboardEvent, type ReactNode, useState } from "react";
import { Link } from "wouter";
import { type Arrow, kindNames, type Lifeline } from "./arrows.ts";
import { Line } from "./sequence_line.tsx";
import { firstLine } from "./texts.ts";

const GUTTER = 64;
const COLUMN = 132;
const ROW = 42;
/** Of a letter of the labels, on the average. */
const LETTER = 6.2;
/** A label is at least as wide as this, even beside a short arrow. */
const LABEL = 250;

interface SequenceProps {
  readonly session_id: string;
  readonly lifelines: readonly Lifeline[];
  readonly arrows: readonly Arrow[];
}

/** Who spoke to whom, from the top to the bottom; each arrow leads to its entry. */
export function Sequence({ session_id, lifelines, arrows }: SequenceProps) {
  const [current, setCurrent] = useState(0);
  const width = GUTTER + lifelines.length * COLUMN;
  const height = arrows.length * ROW + 12;
  const columnOf = new Map(lifelines.map(({ id }, place) => [id, GUTTER + (place + 0.5) * COLUMN]));
  // One stop for the Tab key; the arrow keys go from row to row.
  const move = (event: KeyboardEvent<SVGSVGElement>) => {
    const to = targetOf(event.key, current, arrows.length - 1);
    if (to === null) return;
    event.preventDefault();
    setCurrent(to);
    event.currentTarget.querySelectorAll<SVGAElement>("a")[to]?.focus();
  };
  return (
    <div className="sequence">
      <div className="sequence-names" style={{ width }} aria-hidden>
        <div style={{ width: GUTTER, flex: "none" }} />
        {lifelines.map((lifeline) => (
          <div key={lifeline.id} className="sequence-name" style={{ width: COLUMN }}>
            <Text
              size="sm"
              fw={600}
              truncate
              title={lifeline.name}
              style={{ color: inkOf(lifeline) }}
            >
              {lifeline.name}
            </Text>
            <Text size="xs" c="dimmed">
              {lifeline.kind === "everybody" ? "no one by name" : lifeline.kind}
            </Text>
          </div>
        ))}
      </div>
      {/* biome-ignore lint/a11y/useSemanticElements: there is no other group in a drawing */}
      <svg
        width={width}
        height={height}
        role="group"
        aria-label="Who spoke to whom. Up and down go from one to the next."
        onKeyDown={move}
      >
        <g aria-hidden>
          {[...columnOf].map(([id, x]) => (
            <line key={id} className="lifeline" x1={x} x2={x} y1={0} y2={height} />
          ))}
        </g>
        {arrows.map((arrow, place) => (
          <g key={arrow.key} transform={`translate(0 ${place * ROW})`} style={inkStyle(arrow)}>
            <g aria-hidden>
              <text className="sequence-seq" x={10} y={ROW / 2 + 4}>
                #{arrow.seq}
              </text>
              {arrow.from ? (
                <ArrowLine arrow={arrow} columnOf={columnOf} width={width} />
              ) : (
                <Note text={arrow.text} width={width} />
              )}
            </g>
            <ArrowLink
              href={`/sessions/${session_id}#${arrow.seq}`}
              label={labelOf(arrow)}
              isStop={place === current}
              onFocus={() => setCurrent(place)}
            >
              <title>{arrow.text}</title>
              <rect className="arrow-row" x={1} y={2} width={width - 2} height={ROW - 4} rx={4} />
            </ArrowLink>
          </g>
        ))}
      </svg>
    </div>
  );
}

interface ArrowLinkProps {
  readonly href: string;
  readonly label: string;
  /** Whether the Tab key stops here. */
  readonly isStop: boolean;
  readonly onFocus: () => void;
  readonly children: ReactNode;
}

function ArrowLink({ href, label, isStop, onFocus, children }: ArrowLinkProps) {
  return (
    <Link href={href} asChild>
      <a
        href={href}
        className="arrow"
        aria-label={label}
        tabIndex={isStop ? 0 : -1}
        onFocus={onFocus}
      >
        {children}
      </a>
    </Link>
  );
}

function inkStyle({ from }: Arrow): CSSProperties | undefined {
  return from ? { color: inkOf(from) } : undefined;
}

function targetOf(key: string, current: number, last: number): number | null {
  switch (key) {
    case "ArrowDown":
      return Math.min(current + 1, last);
    case "ArrowUp":
      return Math.max(current - 1, 0);
    case "Home":
      return 0;
    case "End":
      return last;
    default:
      return null;
  }
}

function labelOf({ seq, from, to, kind, text }: Arrow): string {
  if (!from) return `${seq}: ${text}`;
  return `${seq}: ${from.name} ${kindNames[kind]}, to ${to.map(({ name }) => name).join(", ")}: ${text}`;
}

function inkOf({ color }: Lifeline): string {
  return `var(--mantine-color-${color}-light-color)`;
}

interface ArrowLineProps {
  readonly arrow: Arrow;
  readonly columnOf: ReadonlyMap<string, number>;
  readonly width: number;
}

function ArrowLine({ arrow: { from, to, kind, text }, columnOf, width }: ArrowLineProps) {
  const start = columnOf.get(from!.id)!;
  const ends = to.map(({ id }) => columnOf.get(id)!);
  const [left, right] = [Math.min(start, ...ends), Math.max(start, ...ends)];
  const y = ROW - 12;
  const fits = Math.max(right - left, Math.min(LABEL, width - left)) - 16;
  const heads = ends.map((x) => ({ x, direction: Math.sign(x - start) }));
  return (
    <>
      <Line kind={kind} left={left} right={right} y={y} heads={heads} />
      <circle cx={start} cy={y} r={3.5} fill="currentColor" />
      <text x={left + 8} y={y - 9}>
        {firstLine(text, Math.max(8, Math.floor(fits / LETTER)))}
      </text>
    </>
  );
}

function Note({ text, width }: { text: string; width: number }) {
  const fits = Math.floor((width - GUTTER - 40) / LETTER);
  return (
    <>
      <rect className="note" x={GUTTER + 4} y={8} width={width - GUTTER - 12} height={26} rx={4} />
      <text x={GUTTER + 16} y={25}>
        {firstLine(text, fits)}
      </text>
    </>
  );
}
