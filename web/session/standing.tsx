import { Alert, Anchor, Progress, Stack, Text, Title } from "@mantine/core";
import { Link } from "wouter";
import { useConnection } from "../connection.tsx";
import { useTimeline } from "./use_timeline.tsx";

/** What the page still has to get, and whether it reaches the server at all. */
export function Progressing() {
  const { folded, head, behind } = useTimeline();
  const { online } = useConnection();
  const reading = folded < head && behind === 0;
  return (
    <div role="status">
      {!online && (
        <Alert color="yellow" radius={0} py={6}>
          Offline, retrying. What you see is as of the last connection; nothing is lost.
        </Alert>
      )}
      {online && behind > 0 && (
        <Text size="sm" px="md" py={4}>
          You are {behind} entries behind, catching up…
        </Text>
      )}
      {reading && (
        <Progress
          radius={0}
          size={3}
          value={(100 * folded) / head}
          aria-label={`Reading the past: ${Math.floor((100 * folded) / head)}%`}
        />
      )}
    </div>
  );
}

/** What to do where nothing has happened yet. */
export function Empty({ mayPost }: { mayPost: boolean }) {
  return (
    <Stack p="xl" gap={4} align="center">
      <Text fw={600}>Nothing has happened here yet</Text>
      <Text c="dimmed" ta="center">
        {mayPost
          ? "Write a prompt below: in a session with a team it opens the first turn."
          : "Entries appear here as soon as there are some."}
      </Text>
    </Stack>
  );
}

/** Why one cannot write here. */
export function ReadOnly({ status }: { status: string }) {
  return (
    <Text size="sm" c="dimmed" p="md" className="composer">
      {status === "archived"
        ? "This session is archived: it can be read, and takes nothing more."
        : "You follow this session as an observer: you can read and export it."}
    </Text>
  );
}

/** Why a session is not shown. */
export function Failed({ message }: { message: string }) {
  return (
    <Stack p="xl" align="flex-start">
      <Title order={1} size="h3">
        This session cannot be shown
      </Title>
      <Text>{message}</Text>
      <Anchor component={Link} href="/" underline="always">
        To your sessions
      </Anchor>
    </Stack>
  );
}
