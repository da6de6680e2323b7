import { Group, Stack, Text } from "@mantine/core";
import { useConnection } from "../connection.tsx";
import { Face, inkOf } from "./entry_row.tsx";
import { useNames } from "./roster.tsx";
import { useTimeline } from "./use_timeline.tsx";

/** Shown of a long message while it is written: its end. */
const SHOWN = 2_000;

/** Messages as they are being written, and who is writing one unseen. */
export function Drafts() {
  const { drafts, typing } = useTimeline();
  const { me } = useConnection();
  const names = useNames();
  const writers = [...typing.keys()]
    .filter((id) => id !== me.id)
    .map((id) => (names.agents.has(id) ? names.agent(id) : names.user(id)).name);
  return (
    <>
      {drafts.size > 0 && (
        <Stack
          className="drafts"
          gap={6}
          px="md"
          py={8}
          aria-label="Being written"
          component="section"
        >
          {[...drafts.values()].map(({ stream_id, agent_id, text }) => {
            const speaker = names.agent(agent_id);
            return (
              <Group key={stream_id} gap="xs" wrap="nowrap" align="flex-start">
                <Face speaker={speaker} size={24} />
                <Text size="sm" className="written draft">
                  <span style={{ color: inkOf(speaker), fontWeight: 600 }}>{speaker.name}</span>{" "}
                  {text.slice(-SHOWN)}
                  <span className="caret" aria-hidden />
                </Text>
              </Group>
            );
          })}
        </Stack>
      )}
      <Text size="xs" c="dimmed" px="md" role="status" mih={18}>
        {writers.length > 0 &&
          `${writers.join(", ")} ${writers.length > 1 ? "are" : "is"} writing…`}
      </Text>
    </>
  );
}
