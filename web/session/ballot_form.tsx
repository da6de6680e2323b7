import {
  Button,
  Checkbox,
  Group,
  JsonInput,
  NumberInput,
  Radio,
  Select,
  Stack,
  Text,
} from "@mantine/core";
import type { FormEvent } from "react";
import type { DecisionState } from "../../client/index.ts";
import type { Input } from "../../contract/commands.ts";
import type { Turn } from "../../contract/turn.ts";
import { messageOf } from "../message_of.ts";
import { useChange } from "../queries.ts";
import { useKept } from "../use_kept.ts";
import { useVoice } from "./roster.tsx";
import { useTimeline } from "./use_timeline.tsx";

type Choice = Input<"ballot.cast">["choice"];

/** How a ballot is filled in, by the rule it is for. */
const ballots: Record<string, typeof One> = {
  approval: Several,
  range: Scores,
  borda: Ranking,
  instant_runoff: Ranking,
  condorcet: Ranking,
  copeland: Ranking,
  schulze: Ranking,
  ranked_pairs: Ranking,
  minimax: Ranking,
  kemeny_young: Ranking,
  plurality: One,
  majority: One,
  supermajority: One,
  unanimity: One,
  authority: One,
  judge: One,
  veto: One,
};

interface FieldProps {
  readonly options: readonly string[];
  readonly choice: Choice | null;
  readonly onChoice: (choice: Choice | null) => void;
  readonly config: Readonly<Record<string, unknown>>;
}

/** The ballot of a person whose vote is waited for. */
export function BallotForm({ decision, turn }: { decision: DecisionState; turn: Turn }) {
  const { session_id } = useTimeline();
  const cast = useChange("ballot.cast", { showsError: true });
  const voice = useVoice(turn.agent_id);
  const [choice, setChoice] = useKept<Choice | null>(`${turn.id} ballot`, null);
  const { config } = decision.mechanism as { config: { rule?: string } };
  const Field = ballots[config.rule ?? "plurality"] ?? Free;
  const vote = (choice: Choice) =>
    cast.mutate({
      session_id,
      decision_id: decision.decision_id,
      agent_id: turn.agent_id,
      choice,
    });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (choice !== null) vote(choice);
  };
  return (
    <form onSubmit={submit} aria-label="Your ballot">
      <Stack gap={8}>
        {voice && (
          <Text size="sm">
            You vote as <strong>{voice}</strong>
          </Text>
        )}
        <Field options={decision.options} choice={choice} onChoice={setChoice} config={config} />
        {cast.error && (
          <div role="alert" className="refused">
            {messageOf(cast.error)}
          </div>
        )}
        <Group gap="xs">
          <Button type="submit" size="xs" disabled={choice === null} loading={cast.isPending}>
            Vote
          </Button>
          <Button size="xs" variant="default" onClick={() => vote("abstain")}>
            Abstain
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function One({ options, choice, onChoice }: FieldProps) {
  return (
    <Radio.Group label="Your vote" value={(choice as string) ?? ""} onChange={onChoice}>
      <Stack gap={6} mt={4}>
        {options.map((option) => (
          <Radio key={option} value={option} label={option} />
        ))}
      </Stack>
    </Radio.Group>
  );
}

function Several({ options, choice, onChoice }: FieldProps) {
  return (
    <Checkbox.Group
      label="All you approve of"
      value={(choice as string[]) ?? []}
      onChange={onChoice}
    >
      <Stack gap={6} mt={4}>
        {options.map((option) => (
          <Checkbox key={option} value={option} label={option} />
        ))}
      </Stack>
    </Checkbox.Group>
  );
}

function Scores({ options, choice, onChoice, config }: FieldProps) {
  const scores = (choice as Record<string, number> | null) ?? {};
  const { min = 0, max = 10 } = config as { min?: number; max?: number };
  return (
    <>
      {options.map((option) => (
        <NumberInput
          key={option}
          size="xs"
          label={option}
          description={`From ${min} to ${max}`}
          min={min}
          max={max}
          allowDecimal={false}
          value={scores[option] ?? ""}
          onChange={(score) => {
            const { [option]: _, ...others } = scores;
            const next = score === "" ? others : { ...others, [option]: Number(score) };
            onChoice(Object.keys(next).length === 0 ? null : next);
          }}
        />
      ))}
    </>
  );
}

function Ranking({ options, choice, onChoice }: FieldProps) {
  const ranking = (choice as string[] | null) ?? [];
  return (
    <>
      {options.slice(0, ranking.length + 1).map((_, place) => (
        <Select
          // biome-ignore lint/suspicious/noArrayIndexKey: a place is its number
          key={place}
          size="xs"
          clearable
          label={`Place ${place + 1}`}
          data={options.filter((option) => ranking[place] === option || !ranking.includes(option))}
          value={ranking[place] ?? null}
          onChange={(option) => {
            const next = [...ranking.slice(0, place), ...(option === null ? [] : [option])];
            for (const other of ranking.slice(place + 1))
              if (option !== null && other !== option) next.push(other);
            onChoice(next.length === 0 ? null : next);
          }}
        />
      ))}
    </>
  );
}

function Free({ choice, onChoice }: FieldProps) {
  return (
    <JsonInput
      size="xs"
      label="Your ballot, as JSON"
      description="As this rule asks for it: a number for a bid, an object, a list …"
      autosize
      minRows={2}
      defaultValue={choice === null ? "" : JSON.stringify(choice)}
      onChange={(text) => {
        try {
          onChoice(JSON.parse(text) as Choice);
        } catch {
          onChoice(null);
        }
      }}
    />
  );
}
