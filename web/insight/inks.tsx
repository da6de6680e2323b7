import { Group, Text } from "@mantine/core";

/** A colour of the theme and a hatching: one can be told by either. */
export interface Ink {
  readonly name: string;
  readonly label: string;
  readonly color: string;
  readonly hatching: keyof typeof hatchings;
}

const hatchings = {
  plain: "",
  rising: "M-1 7 L7 -1 M-1 1 L1 -1 M5 7 L7 5",
  falling: "M-1 -1 L7 7 M5 -1 L7 1 M-1 5 L1 7",
  flat: "M0 3 H6",
  crossed: "M-1 7 L7 -1 M-1 -1 L7 7",
} as const;

/** An ink as a fill, where Inks is part of the page. */
export function fillOf({ name }: Ink): string {
  return `url(#ink-${name})`;
}

/** The plain colour of an ink, with a contrast of 3 to 1 in both themes. */
export function colorOf({ color }: Ink): string {
  return `var(--mantine-color-${color}-light-color)`;
}

/** What the fills of the charts on this page refer to. */
export function Inks({ inks }: { inks: readonly Ink[] }) {
  return (
    <svg width={0} height={0} aria-hidden className="inks">
      <title>Fills of the charts</title>
      <defs>
        {inks.map((ink) => (
          <pattern
            key={ink.name}
            id={`ink-${ink.name}`}
            width={6}
            height={6}
            patternUnits="userSpaceOnUse"
          >
            <rect width={6} height={6} fill={colorOf(ink)} />
            <path d={hatchings[ink.hatching]} className="hatching" />
          </pattern>
        ))}
      </defs>
    </svg>
  );
}

/** What each fill stands for. */
export function Key({ inks }: { inks: readonly Ink[] }) {
  return (
    <Group gap="md" aria-hidden>
      {inks.map((ink) => (
        <Group key={ink.name} gap={6} wrap="nowrap">
          <svg width={14} height={14} aria-hidden>
            <title>{ink.label}</title>
            <rect width={14} height={14} rx={3} fill={fillOf(ink)} />
          </svg>
          <Text size="xs">{ink.label}</Text>
        </Group>
      ))}
    </Group>
  );
}
