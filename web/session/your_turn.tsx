import { Alert, Button, Group, Text } from "@mantine/core";
import type { Turn } from "../../contract/turn.ts";
import { useChange } from "../queries.ts";
import { useVoice } from "./roster.tsx";
import { useShownState, useTimeline } from "./use_timeline.tsx";

/** Says that this person's answer is waited for, and lets them pass. */
export function YourTurn({ turn }: { turn: Turn }) {
  const { session_id } = useTimeline();
  const voice = useVoice(turn.agent_id);
  const pass = useChange("turn.pass");
  const title = voice ? `It is your turn, as ${voice}` : "It is your turn";
  return (
    <Alert color="indigo" radius={0} py={6} title={title} role="status">
      <Group justify="space-between">
        <Text size="sm">{turn.task ?? "The team waits for your answer."}</Text>
        <Button
          size="compact-sm"
          variant="default"
          loading={pass.isPending}
          onClick={() => pass.mutate({ session_id, turn_id: turn.id })}
        >
          Pass
        </Button>
      </Group>
    </Alert>
  );
}

/** Says that this person's vote is waited for, and leads to the ballot. */
export function YourVote({ turn, onShow }: { turn: Turn; onShow: () => void }) {
  const { decisions } = useShownState();
  const decision = decisions.find(({ decision_id }) => decision_id === turn.decision_id);
  return (
    <Alert color="indigo" radius={0} py={6} title="Your vote is waited for" role="status">
      <Group justify="space-between">
        <Text size="sm" lineClamp={2}>
          {decision?.question}
        </Text>
        <Button size="compact-sm" variant="default" onClick={onShow}>
          To the ballot
        </Button>
      </Group>
    </Alert>
  );
}
