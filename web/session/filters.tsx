import { Button, Chip, Group, MultiSelect, Popover, Stack, TextInput } from "@mantine/core";
import { IconFilter, IconSearch } from "@tabler/icons-react";
import type { Entry, EntryKind } from "../../contract/entry.ts";
import { useNames } from "./roster.tsx";

/** What of a session is shown; everything where a list is empty. */
export interface Filter {
  readonly text: string;
  readonly kinds: readonly EntryKind[];
  readonly types: readonly string[];
  readonly speakers: readonly string[];
}

export const everything: Filter = { text: "", kinds: [], types: [], speakers: [] };

/** Whether a filter hides anything. */
export function isNarrow({ text, kinds, types, speakers }: Filter): boolean {
  return text !== "" || kinds.length + types.length + speakers.length > 0;
}

/**
 * Says which entries a filter lets through.
 * @returns a function for one entry after the other
 */
export function passes({ text, kinds, types, speakers }: Filter): (entry: Entry) => boolean {
  const wanted = text.toLowerCase();
  return (entry) =>
    (kinds.length === 0 || kinds.includes(entry.kind)) &&
    (types.length === 0 || (entry.kind === "log_entry" && types.includes(entry.type))) &&
    (speakers.length === 0 || speakers.some((id) => authorsOf(entry).includes(id))) &&
    (wanted === "" || textOf(entry).toLowerCase().includes(wanted));
}

function authorsOf(entry: Entry): (string | null)[] {
  switch (entry.kind) {
    case "message":
      return [entry.sender_agent_id];
    case "prompt":
      return [entry.created_by];
    case "comment":
      return [entry.user_id];
    case "log_entry":
      return [entry.agent_id, entry.user_id];
  }
}

function textOf(entry: Entry): string {
  if (entry.kind === "log_entry") return `${entry.message} ${JSON.stringify(entry.data)}`;
  if (entry.kind === "message" && entry.tool_call)
    return `${entry.content} ${JSON.stringify(entry.tool_call)}`;
  return entry.content;
}

const kindNames: Record<EntryKind, string> = {
  message: "Messages",
  prompt: "Prompts",
  comment: "Comments",
  log_entry: "Log entries",
};

const logTypes = ["info", "warning", "error", "action", "decision", "cost", "token_usage"];

interface FiltersProps {
  readonly filter: Filter;
  readonly onFilter: (filter: Filter) => void;
}

/** Search, and what to show. */
export function Filters({ filter, onFilter }: FiltersProps) {
  const names = useNames();
  const people = [...names.users.keys()].map((id) => names.user(id));
  const agents = [...names.agents.keys()].map((id) => names.agent(id));
  const narrow = filter.kinds.length + filter.types.length + filter.speakers.length > 0;
  return (
    <Group gap={6} wrap="nowrap">
      <TextInput
        size="xs"
        aria-label="Search in this session"
        placeholder="Search"
        leftSection={<IconSearch size={14} aria-hidden />}
        value={filter.text}
        onChange={(event) => onFilter({ ...filter, text: event.currentTarget.value })}
        w={{ base: 110, sm: 170 }}
      />
      <Popover position="bottom-end" width={300} trapFocus>
        <Popover.Target>
          <Button
            size="xs"
            variant={narrow ? "light" : "default"}
            leftSection={<IconFilter size={14} aria-hidden />}
          >
            {narrow ? "Filtered" : "Filter"}
          </Button>
        </Popover.Target>
        <Popover.Dropdown>
          <Stack gap="sm">
            <Chip.Group
              multiple
              value={[...filter.kinds]}
              onChange={(kinds) => onFilter({ ...filter, kinds: kinds as EntryKind[] })}
            >
              <Group gap={6} role="group" aria-label="Kinds">
                {Object.entries(kindNames).map(([kind, name]) => (
                  <Chip key={kind} value={kind} size="xs">
                    {name}
                  </Chip>
                ))}
              </Group>
            </Chip.Group>
            <MultiSelect
              size="xs"
              label="By"
              placeholder="Everybody"
              searchable
              data={[...people, ...agents].map(({ id, name }) => ({ value: id, label: name }))}
              value={[...filter.speakers]}
              onChange={(speakers) => onFilter({ ...filter, speakers })}
              comboboxProps={{ withinPortal: false }}
            />
            <MultiSelect
              size="xs"
              label="Types of log entries"
              placeholder="All"
              data={logTypes}
              value={[...filter.types]}
              onChange={(types) => onFilter({ ...filter, types })}
              comboboxProps={{ withinPortal: false }}
            />
            <Button size="xs" variant="subtle" onClick={() => onFilter(everything)}>
              Show everything
            </Button>
          </Stack>
        </Popover.Dropdown>
      </Popover>
    </Group>
  );
}
