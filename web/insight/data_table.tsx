import { Table } from "@mantine/core";
import type { ReactNode } from "react";

export interface Column {
  readonly label: string;
  /** Figures stand under one another, to the right. */
  readonly isFigure?: boolean;
}

export interface Row {
  readonly key: string;
  /** The first names the row. */
  readonly cells: readonly ReactNode[];
}

interface DataTableProps {
  /** What it is a table of, for who cannot see where it stands. */
  readonly label: string;
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
}

/** A table that scrolls within its place. */
export function DataTable({ label, columns, rows }: DataTableProps) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section className="data-table" aria-label={label} tabIndex={0}>
      <Table stickyHeader fz="sm" aria-label={label}>
        <Table.Thead>
          <Table.Tr>
            {columns.map((column) => (
              <Table.Th key={column.label} scope="col" {...lookOf(column)}>
                {column.label}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map(({ key, cells: [name, ...cells] }) => (
            <Table.Tr key={key}>
              <Table.Th scope="row" fw={500}>
                {name}
              </Table.Th>
              {cells.map((cell, place) => (
                <Table.Td key={columns[place + 1]!.label} {...lookOf(columns[place + 1]!)}>
                  {cell}
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </section>
  );
}

function lookOf({ isFigure }: Column) {
  return isFigure ? ({ ta: "right", className: "figure" } as const) : {};
}

/** Columns of figures with these labels. */
export function figures(...labels: readonly string[]): Column[] {
  return labels.map((label) => ({ label, isFigure: true }));
}
