import { Anchor, Group, Select, Stack, Switch, Text } from "@mantine/core";
import { useState } from "react";
import { Link } from "wouter";
import type { Entry } from "../../contract/entry.ts";
import { useNames } from "../session/roster.tsx";
import { When } from "../session/when.tsx";
import { type Arrow, arrowsOf, kindNames, lifelinesOf } from "./arrows.ts";
import { DataTable } from "./data_table.tsx";
import { Missing } from "./figure.tsx";
import { Pages } from "./pages.tsx";
import { Sequence } from "./sequence.tsx";
import { SequenceKey } from "./sequence_line.tsx";
import { firstLine } from "./texts.ts";
import type { Past } from "./use_gathered.ts";

/** Steps drawn at once. */
const PAGE = 100;
/** Runs that are offered at once; the others are found by their prompt's words. */
const MOST_OFFERED = 100;
const ALL = "all";

/** Who spoke to whom in a run or in all of the session, page by page. */
export function Conversation({ past }: { past: Past }) {
  const names = useNames();
  const { at } = past;
  const { all, runs } = past.gathered.steps;
  const [chosen, setChosen] = useState<string>(() => runs.at(-1)?.run_id ?? ALL);
  const [page, setPage] = useState(0);
  const [asTable, setAsTable] = useState(false);
  if (all.length === 0) {
    return (
      <Missing title="Nobody has spoken yet">
        An arrow for each prompt, message, delegation and tool call will stand here.
      </Missing>
    );
  }
  const run = runs.find(({ run_id }) => run_id === chosen);
  const [first, end] = run ? [run.first_step, run.end_step ?? all.length] : [0, all.length];
  const from = first + page * PAGE;
  const shown = all.slice(from, Math.min(from + PAGE, end));
  const arrows = shown.flatMap((step) => arrowsOf(step, at(step.seq), names));
  const offered = runs.map(({ run_id, prompt_seq }, place) => ({
    value: run_id,
    label: `Run ${place + 1}: ${prompt_seq === null ? "" : firstLine(promptOf(at(prompt_seq)), 70)}`,
  }));
  const choose = (value: string | null) => {
    setChosen(value ?? ALL);
    setPage(0);
  };
  return (
    <Stack gap="sm">
      <Group justify="space-between" align="end">
        {runs.length > 0 && (
          <Select
            label="Shown"
            data={[{ value: ALL, label: "All of the session" }, ...offered.toReversed()]}
            value={chosen}
            onChange={choose}
            allowDeselect={false}
            searchable
            limit={MOST_OFFERED}
            w={{ base: "100%", sm: 420 }}
          />
        )}
        <Switch
          label="Show as table"
          checked={asTable}
          onChange={(event) => setAsTable(event.currentTarget.checked)}
        />
      </Group>
      {asTable ? (
        <ArrowTable session_id={past.state.session_id} arrows={arrows} />
      ) : (
        <>
          <Sequence
            key={`${chosen} ${page}`}
            session_id={past.state.session_id}
            lifelines={lifelinesOf(arrows)}
            arrows={arrows}
          />
          <SequenceKey arrows={arrows} />
          <Text size="xs" c="dimmed">
            An arrow goes to whom it gave the turn, or else to everybody; it leads to its entry.
          </Text>
        </>
      )}
      <Pages of="steps" total={end - first} perPage={PAGE} page={page} onPage={setPage} />
    </Stack>
  );
}

function promptOf(entry: Entry): string {
  return entry.kind === "prompt" ? entry.content : "";
}

function ArrowTable({ session_id, arrows }: { session_id: string; arrows: readonly Arrow[] }) {
  return (
    <DataTable
      label="Steps of the conversation"
      columns={["Entry", "Time", "From", "Does", "To", "What"].map((label) => ({ label }))}
      rows={arrows.map(({ key, seq, at, from, kind, to, text }) => ({
        key,
        cells: [
          <Anchor
            key="seq"
            component={Link}
            href={`/sessions/${session_id}#${seq}`}
            underline="always"
            size="sm"
          >
            #{seq}
          </Anchor>,
          <When key="at" at={at} />,
          from?.name ?? "",
          kindNames[kind],
          to.map(({ name }) => name).join(", "),
          text,
        ],
      }))}
    />
  );
}
