import { Anchor, Badge, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { Link } from "wouter";
import type { RunState } from "../../client/index.ts";
import { When } from "../session/when.tsx";
import { allTokens, count, durationText, moneyText } from "./amounts.ts";
import { DataTable, figures, type Row } from "./data_table.tsx";
import { Missing } from "./figure.tsx";
import { Pages } from "./pages.tsx";
import type { RunPlace } from "./steps.ts";
import { firstLine } from "./texts.ts";
import type { Past } from "./use_gathered.ts";

const ROWS = 25;

/** What each run came to, the newest first. */
export function RunTable({ past }: { past: Past }) {
  const [page, setPage] = useState(0);
  const { runs } = past.state;
  if (runs.length === 0) {
    return (
      <Missing title="No run yet">
        In a session with a team, each prompt sets off a run; what it took stands here.
      </Missing>
    );
  }
  const places = new Map(past.gathered.steps.runs.map((place) => [place.run_id, place]));
  const shown = runs.toReversed().slice(page * ROWS, (page + 1) * ROWS);
  return (
    <Stack gap="xs">
      <DataTable
        label="What each run came to"
        columns={[
          { label: "Prompt" },
          { label: "Started" },
          { label: "Took" },
          { label: "Stopped because" },
          ...figures("Turns", "Messages", "Tokens", "Cost"),
        ]}
        rows={shown.map((run) => rowOf(run, places.get(run.run_id), past))}
      />
      <Pages of="runs" total={runs.length} perPage={ROWS} page={page} onPage={setPage} />
    </Stack>
  );
}

function rowOf(run: RunState, place: RunPlace | undefined, { at, state }: Past): Row {
  const { stop, started_at, stopped_at, tokens, cost } = run;
  const prompt_seq = place?.prompt_seq ?? null;
  const prompt = prompt_seq === null ? null : at(prompt_seq);
  return {
    key: run.run_id,
    cells: [
      prompt?.kind !== "prompt" ? (
        "–"
      ) : (
        <Anchor
          key="prompt"
          component={Link}
          href={`/sessions/${state.session_id}#${prompt.seq}`}
          underline="always"
          size="sm"
        >
          {firstLine(prompt.content, 60) || `#${prompt.seq}`}
        </Anchor>
      ),
      <When key="started" at={started_at} />,
      stopped_at ? durationText(Date.parse(stopped_at) - Date.parse(started_at)) : "",
      stop ? (
        <Text key="stop" size="sm">
          <Badge component="span" size="sm" variant="light" color="gray" tt="none" mr={6}>
            {stop.code}
          </Badge>
          {stop.reason}
        </Text>
      ) : (
        `It is ${run.status}`
      ),
      count(stop?.turns ?? place?.turns ?? 0),
      count(stop?.messages ?? place?.messages ?? 0),
      count(allTokens(tokens)),
      moneyText(cost),
    ],
  };
}
