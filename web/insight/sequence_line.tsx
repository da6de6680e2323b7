import { Group, Text } from "@mantine/core";
import { type Arrow, kindNames } from "./arrows.ts";
import type { StepKind } from "./steps.ts";

const lines: Record<StepKind, { width: number; dashes?: string; hollow?: boolean }> = {
  prompt: { width: 3 },
  message: { width: 1.8 },
  comment: { width: 1.5, dashes: "1.5 4" },
  delegate: { width: 3, hollow: true },
  handoff: { width: 1.8, hollow: true },
  tool_call: { width: 1.5, dashes: "10 3", hollow: true },
  tool_result: { width: 1.5, dashes: "5 4" },
  ballot: { width: 1.5, dashes: "1.5 4", hollow: true },
  passed: { width: 1.5, dashes: "1.5 4", hollow: true },
  note: { width: 1 },
};

/** How the arrows that are shown are drawn. */
export function SequenceKey({ arrows }: { arrows: readonly Arrow[] }) {
  const kinds = [...new Set(arrows.map(({ kind }) => kind))].filter((kind) => kind !== "note");
  return (
    <Group gap="md" aria-hidden>
      {kinds.map((kind) => (
        <Group key={kind} gap={6} wrap="nowrap">
          <svg width={48} height={14} aria-hidden>
            <title>{kindNames[kind]}</title>
            <Line kind={kind} left={2} right={46} y={7} heads={[{ x: 46, direction: 1 }]} />
          </svg>
          <Text size="xs">{kindNames[kind]}</Text>
        </Group>
      ))}
    </Group>
  );
}

interface LineProps {
  readonly kind: StepKind;
  readonly left: number;
  readonly right: number;
  readonly y: number;
  /** `direction`: 1 to the right, -1 to the left, 0 to the one it comes from. */
  readonly heads: readonly { x: number; direction: number }[];
}

/** An arrow's line with its heads. */
export function Line({ kind, left, right, y, heads }: LineProps) {
  const { width, dashes, hollow } = lines[kind];
  return (
    <>
      <line
        className="arrow-line"
        x1={left}
        x2={right}
        y1={y}
        y2={y}
        strokeWidth={width}
        strokeDasharray={dashes}
      />
      {heads.map(({ x, direction }) => (
        <path
          key={x}
          className="arrow-head"
          d={
            direction === 0
              ? `M${x} ${y - 6} v12 h24 v-12 z`
              : `M${x} ${y} l${-9 * direction} -5 v10 z`
          }
          fill={hollow ? "var(--mantine-color-body)" : "currentColor"}
        />
      ))}
    </>
  );
}
