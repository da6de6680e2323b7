import { SimpleGrid } from "@mantine/core";
import type { AgentTotals } from "../../client/index.ts";
import { type Names, useNames } from "../session/roster.tsx";
import {
  allTokens,
  buckets,
  count,
  durationText,
  fewDigits,
  moneyText,
  quantile,
  roughly,
} from "./amounts.ts";
import { Bars } from "./bars.tsx";
import { figures } from "./data_table.tsx";
import { Figure, Missing } from "./figure.tsx";
import { type Ink, Inks } from "./inks.tsx";
import type { Past } from "./use_gathered.ts";

const looks = [
  { color: "indigo", hatching: "plain" },
  { color: "cyan", hatching: "rising" },
  { color: "gray", hatching: "flat" },
  { color: "orange", hatching: "falling" },
  { color: "grape", hatching: "crossed" },
] as const;
const tokenInks = buckets.map((bucket, place) => ({ ...bucket, ...looks[place]! }));
const costInk = { name: "amount", label: "Cost", color: "teal", hatching: "plain" } as const;
const turnInks: readonly Ink[] = [
  { name: "median", label: "Median", color: "indigo", hatching: "plain" },
  { name: "p95", label: "95th percentile", color: "orange", hatching: "rising" },
];

/** Tokens, cost and durations of turns, agent by agent. */
export function AgentCharts({ past }: { past: Past }) {
  const { agents, cost } = past.state.totals;
  return (
    <>
      <Inks inks={[...tokenInks, costInk, ...turnInks]} />
      <SimpleGrid cols={{ base: 1, md: 2 }}>
        <TokensPerAgent agents={agents} />
        {Object.keys(cost).map((currency) => (
          <CostPerAgent key={currency} agents={agents} currency={currency} />
        ))}
        <TurnDurations durations={past.gathered.durations} />
      </SimpleGrid>
    </>
  );
}

function TokensPerAgent({ agents }: { agents: readonly AgentTotals[] }) {
  const names = useNames();
  const used = agents
    .map((agent) => ({ ...agent, name: names.agent(agent.agent_id).name }))
    .map((agent) => ({ ...agent, all: allTokens(agent.tokens) }))
    .filter(({ all }) => all > 0)
    .sort((one, other) => other.all - one.all);
  if (used.length === 0) {
    return (
      <Missing title="Tokens per agent">
        Bars appear here once agents record <code>token_usage</code> log entries.
      </Missing>
    );
  }
  const inks = tokenInks.filter(({ name }) => used.some(({ tokens }) => tokens[name] > 0));
  const [most] = used;
  return (
    <Figure
      title="Tokens per agent"
      summary={`${most!.name} used the most: ${count(most!.all)} tokens.`}
      columns={[
        { label: "Agent" },
        ...figures(...buckets.map(({ label }) => label), "Together", "Cost"),
      ]}
      rows={used.map(({ agent_id, name, tokens, all, cost }) => ({
        key: agent_id,
        cells: [
          name,
          ...buckets.map((bucket) => count(tokens[bucket.name])),
          count(all),
          moneyText(cost),
        ],
      }))}
    >
      <Bars
        isStacked
        inks={inks}
        data={used.map(({ name, tokens }) => ({ ...tokens, name }))}
        textOf={roughly}
      />
    </Figure>
  );
}

function CostPerAgent({ agents, currency }: { agents: readonly AgentTotals[]; currency: string }) {
  const names = useNames();
  const paid = agents
    .flatMap(({ agent_id, cost: { [currency]: amount } }) =>
      amount === undefined ? [] : { agent_id, amount, name: names.agent(agent_id).name },
    )
    .sort((one, other) => Number(other.amount) - Number(one.amount));
  if (paid.length === 0) return null;
  const [most] = paid;
  return (
    <Figure
      title={`Cost per agent in ${currency}`}
      summary={`${most!.name} cost the most: ${most!.amount} ${currency}.`}
      columns={[{ label: "Agent" }, ...figures(currency)]}
      rows={paid.map(({ agent_id, name, amount }) => ({ key: agent_id, cells: [name, amount] }))}
    >
      <Bars
        inks={[costInk]}
        data={paid.map(({ name, amount }) => ({ name, amount: Number(amount) }))}
        textOf={fewDigits}
      />
    </Figure>
  );
}

function TurnDurations({ durations }: { durations: ReadonlyMap<string, readonly number[]> }) {
  const names = useNames();
  const agents = spreads(durations, names);
  if (agents.length === 0) {
    return (
      <Missing title="Durations of turns">
        Bars appear here once turns end: a prompt in a session with a team opens the first.
      </Missing>
    );
  }
  const [slowest] = agents;
  return (
    <Figure
      title="Durations of turns"
      summary={`${slowest!.name} has the longest median: ${durationText(slowest!.median)}.`}
      columns={[
        { label: "Agent" },
        ...figures("Turns", "Shortest", "Median", "95th percentile", "Longest"),
      ]}
      rows={agents.map(({ agent_id, name, turns, min, median, p95, max }) => ({
        key: agent_id,
        cells: [name, count(turns), ...[min, median, p95, max].map(durationText)],
      }))}
    >
      <Bars
        inks={turnInks}
        data={agents.map(({ name, median, p95 }) => ({ name, median, p95 }))}
        textOf={durationText}
      />
    </Figure>
  );
}

/** How long each agent's turns took, in milliseconds, the slowest first. */
function spreads(durations: ReadonlyMap<string, readonly number[]>, names: Names) {
  return [...durations]
    .map(([agent_id, unsorted]) => {
      const sorted = unsorted.toSorted((one, other) => one - other);
      return {
        agent_id,
        name: names.agent(agent_id).name,
        turns: sorted.length,
        min: sorted[0]!,
        median: quantile(sorted, 0.5),
        p95: quantile(sorted, 0.95),
        max: sorted.at(-1)!,
      };
    })
    .sort((one, other) => other.median - one.median);
}
