import { Text } from "@mantine/core";
import { allTokens, buckets, count } from "./amounts.ts";
import type { Past } from "./use_gathered.ts";

/** What the whole session came to, as figures. */
export function TotalsPanel({ past: { state, gathered } }: { past: Past }) {
  const { totals, decisions } = state;
  const { entries, tokens, cost } = totals;
  const turns = totals.agents.reduce((sum, agent) => sum + agent.turns, 0);
  const decided = decisions.filter(({ status }) => status === "closed").length;
  const parts = buckets.filter(({ name }) => tokens[name] > 0);
  const money = Object.entries(cost);
  return (
    <dl className="figures">
      <Figure
        label="Entries"
        value={count(gathered.seq)}
        detail={`${count(entries.log_entry)} of them in the log`}
      />
      <Figure label="Messages" value={count(entries.message)} />
      <Figure label="Prompts" value={count(entries.prompt)} />
      <Figure label="Comments" value={count(entries.comment)} />
      <Figure label="Runs" value={count(state.runs.length)} />
      <Figure
        label="Turns ended"
        value={count(turns)}
        detail={state.open_turns.length > 0 ? `${state.open_turns.length} open` : undefined}
      />
      <Figure
        label="Decisions"
        value={count(decisions.length)}
        detail={decisions.length > 0 ? `${decided} closed` : undefined}
      />
      <Figure
        label="Tokens"
        value={count(allTokens(tokens))}
        detail={parts
          .map(({ name, label }) => `${count(tokens[name])} ${label.toLowerCase()}`)
          .join(", ")}
      />
      {money.map(([currency, amount]) => (
        <Figure key={currency} label={`Cost in ${currency}`} value={amount} />
      ))}
      {money.length === 0 && <Figure label="Cost" value="–" detail="None was recorded" />}
    </dl>
  );
}

interface FigureProps {
  readonly label: string;
  readonly value: string;
  readonly detail?: string | undefined;
}

function Figure({ label, value, detail }: FigureProps) {
  return (
    <div>
      <Text component="dt" size="xs" c="dimmed">
        {label}
      </Text>
      <Text component="dd" fz={21} fw={650} lh={1.3}>
        {value}
      </Text>
      {detail && (
        <Text component="dd" size="xs" c="dimmed">
          {detail}
        </Text>
      )}
    </div>
  );
}
