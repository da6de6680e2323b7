import { Group, Pagination, Text } from "@mantine/core";
import { count } from "./amounts.ts";

interface PagesProps {
  /** What is shown page by page, for who reads rather than sees it: `runs`. */
  readonly of: string;
  readonly total: number;
  readonly perPage: number;
  /** From 0. */
  readonly page: number;
  readonly onPage: (page: number) => void;
}

/** Goes to another page of something long; nothing where one page holds all. */
export function Pages({ of, total, perPage, page, onPage }: PagesProps) {
  if (total <= perPage) return null;
  const first = page * perPage;
  return (
    <Group gap="sm">
      <Pagination
        size="sm"
        total={Math.ceil(total / perPage)}
        value={page + 1}
        onChange={(chosen) => onPage(chosen - 1)}
        getControlProps={(control) => ({ "aria-label": `${control} page of ${of}` })}
        getItemProps={(item) => ({ "aria-label": `Page ${item} of ${of}` })}
      />
      <Text size="sm" c="dimmed" role="status">
        {count(first + 1)} to {count(Math.min(first + perPage, total))} of {count(total)} {of}
      </Text>
    </Group>
  );
}
