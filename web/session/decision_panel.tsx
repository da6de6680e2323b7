import { Badge, Button, Card, Group, Progress, Stack, Table, Text, Title } from "@mantine/core";
import type { DecisionState } from "../../client/index.ts";
import type { Turn } from "../../contract/turn.ts";
import { useChange } from "../queries.ts";
import { BallotForm } from "./ballot_form.tsx";
import { Ask } from "./question_form.tsx";
import { useNames } from "./roster.tsx";
import { tallyRows } from "./tally.ts";
import { useShownMoment, useShownState, useTimeline } from "./use_timeline.tsx";
import { duration } from "./when.tsx";

interface DecisionPanelProps {
  /** Turns in which this person may vote. */
  readonly turns: readonly Turn[];
  readonly isOwner: boolean;
  /** The team that can be asked; null where there is none, or this person may not ask. */
  readonly team_id: string | null;
}

/** What was put to the team, the newest first: ballots as they arrive, then the outcome. */
export function DecisionPanel({ turns, isOwner, team_id }: DecisionPanelProps) {
  const { session_id } = useTimeline();
  const state = useShownState();
  const decisions = [...state.decisions].reverse();
  return (
    <Stack gap="md">
      <Title order={2} size="h5">
        Decisions
      </Title>
      {team_id && <Ask session_id={session_id} team_id={team_id} />}
      {decisions.length === 0 && (
        <Text size="sm" c="dimmed">
          Nothing has been put to the team. Agents ask by the tool call <code>decision.open</code>,
          and people here; a mechanism of the team settles it.
        </Text>
      )}
      {decisions.map((decision) => (
        <Decision
          key={decision.decision_id}
          decision={decision}
          turn={turns.find(({ decision_id }) => decision_id === decision.decision_id)}
          isOwner={isOwner}
        />
      ))}
    </Stack>
  );
}

interface DecisionProps {
  readonly decision: DecisionState;
  readonly turn: Turn | undefined;
  readonly isOwner: boolean;
}

function Decision({ decision, turn, isOwner }: DecisionProps) {
  const open = decision.status === "open";
  const { config, type } = decision.mechanism as { type: string; config: { rule?: string } };
  const rule = (config.rule ?? (type === "democratic" ? "plurality" : type)).replaceAll("_", " ");
  return (
    <Card withBorder padding="sm" component="article" aria-label={`Decision: ${decision.question}`}>
      <Stack gap={8}>
        <Group justify="space-between" wrap="nowrap" align="flex-start">
          <Text fw={600} className="written">
            {decision.question}
          </Text>
          <Badge variant="light" color={open ? "indigo" : "gray"} style={{ flexShrink: 0 }}>
            {open ? "open" : "closed"}
          </Badge>
        </Group>
        <Text size="xs" c="dimmed">
          {rule}, {decision.ballots.length} of {decision.voters.length} have voted
          {open && <Left until={decision.deadline_at} />}
        </Text>
        {open ? <Ballots decision={decision} /> : <Outcome decision={decision} />}
        {open && turn && <BallotForm key={turn.id} decision={decision} turn={turn} />}
        {open && isOwner && <Close decision_id={decision.decision_id} />}
      </Stack>
    </Card>
  );
}

function Left({ until }: { until: string | null }) {
  const now = useShownMoment();
  return until && `, ${duration(Date.parse(until) - now)} left`;
}

function Close({ decision_id }: { decision_id: string }) {
  const { session_id } = useTimeline();
  const close = useChange("decision.close");
  return (
    <Button
      size="compact-xs"
      variant="subtle"
      color="gray"
      loading={close.isPending}
      onClick={() => close.mutate({ session_id, decision_id })}
    >
      Close now with the ballots there are
    </Button>
  );
}

function Ballots({ decision: { ballots, voters } }: { decision: DecisionState }) {
  const names = useNames();
  const cast = new Map(ballots.map((ballot) => [ballot.agent_id, ballot.choice]));
  return (
    <Table withRowBorders={false} verticalSpacing={2} fz="sm" aria-label="Ballots">
      <Table.Tbody>
        {voters.map((voter) => (
          <Table.Tr key={voter}>
            <Table.Th scope="row" fw={500}>
              {names.agent(voter).name}
            </Table.Th>
            <Table.Td c={cast.has(voter) ? undefined : "dimmed"}>
              {cast.has(voter) ? choiceText(cast.get(voter)) : "has not voted"}
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

/** A ballot's choice in words. */
export function choiceText(choice: unknown): string {
  if (typeof choice === "string") return choice;
  if (Array.isArray(choice)) return choice.map(choiceText).join(" > ");
  if (typeof choice !== "object" || choice === null) return String(choice);
  return Object.entries(choice)
    .map(([option, value]) => `${option}: ${choiceText(value)}`)
    .join(", ");
}

function Outcome({ decision }: { decision: DecisionState }) {
  const outcome = decision.outcome as { winner?: string | null; why?: string; tally?: unknown };
  const rows = tallyRows(outcome.tally, decision.options);
  const most = Math.max(...rows.map(({ value }) => value), 0);
  return (
    <>
      <Text fw={600}>{outcome.winner ? `Decided: ${outcome.winner}` : "Not decided"}</Text>
      {rows.map(({ option, value, text }) => (
        <div key={option}>
          <Group justify="space-between" gap="xs" wrap="nowrap">
            <Text size="sm" truncate>
              {option}
            </Text>
            <Text size="sm">{text}</Text>
          </Group>
          <Progress
            aria-label={`${option}: ${text}`}
            value={most > 0 ? (100 * value) / most : 0}
            color={option === outcome.winner ? "indigo" : "gray"}
          />
        </div>
      ))}
      <Text size="sm" c="dimmed">
        {outcome.why}
      </Text>
      <details className="fold">
        <summary>
          <Text component="span" size="sm">
            Ballots
          </Text>
        </summary>
        <Ballots decision={decision} />
      </details>
    </>
  );
}
