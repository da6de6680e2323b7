import { Button, Group, Paper, Text, Title } from "@mantine/core";
import { IconChartBar, IconTable } from "@tabler/icons-react";
import { type ReactNode, useState } from "react";
import { type Column, DataTable, type Row } from "./data_table.tsx";
import { InTurn } from "./in_turn.tsx";

interface FigureProps {
  readonly title: string;
  /** One sentence with what the chart shows, for who cannot see it. */
  readonly summary: string;
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
  /** The chart; the same as a table is one click away. */
  readonly children: ReactNode;
}

/** A chart with its title, which can be shown as a table instead. */
export function Figure({ title, summary, columns, rows, children }: FigureProps) {
  const [asTable, setAsTable] = useState(false);
  return (
    <Paper withBorder p="md" component="article" aria-label={title}>
      <Group justify="space-between" mb="xs" gap="xs">
        <Title order={3} size="h5">
          {title}
        </Title>
        <Button
          size="compact-xs"
          variant="subtle"
          leftSection={
            asTable ? <IconChartBar size={14} aria-hidden /> : <IconTable size={14} aria-hidden />
          }
          aria-label={`${title}: show as ${asTable ? "chart" : "table"}`}
          onClick={() => setAsTable(!asTable)}
        >
          {asTable ? "Show as chart" : "Show as table"}
        </Button>
      </Group>
      {asTable ? (
        <DataTable label={title} columns={columns} rows={rows} />
      ) : (
        <>
          <div role="img" aria-label={`${title}. ${summary}`}>
            <InTurn>{children}</InTurn>
          </div>
          <Text size="xs" c="dimmed" mt={4} aria-hidden>
            {summary}
          </Text>
        </>
      )}
    </Paper>
  );
}

/** What stands where a chart will be once there is something to draw. */
export function Missing({ title, children }: { title: string; children: ReactNode }) {
  return (
    <Paper withBorder p="md">
      <Title order={3} size="h5" mb="xs">
        {title}
      </Title>
      <Text size="sm" c="dimmed">
        {children}
      </Text>
    </Paper>
  );
}
