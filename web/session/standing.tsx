import { Alert, Anchor, Button, Progress, Stack, Text, Title } from "@mantine/core";
import { Link } from "wouter";
import { CommandError } from "../../client/index.ts";
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
export function Empty({ mayDirect }: { mayDirect: boolean }) {
  return (
    <Stack p="xl" gap={4} align="center">
      <Text fw={600}>Nothing has happened here yet</Text>
      <Text c="dimmed" ta="center">
        {mayDirect
          ? "Write a prompt below: in a session with a team it opens the first turn."
          : "Entries appear here as soon as there are some."}
      </Text>
    </Stack>
  );
}

/** Why one cannot write here. */
export function ReadOnly({ status }: { status: string }) {
  const { scope } = useConnection().me;
  return (
    <Text size="sm" c="dimmed" p="md" className="composer">
      {status === "archived"
        ? "This session is archived: it can be read, and takes nothing more."
        : scope === "read"
          ? "The token you signed in with may only read."
          : "You follow this session as an observer: you can read and export it."}
    </Text>
  );
}

interface FailedProps {
  readonly failure: Error;
  readonly onAgain: () => void;
}

/** Why a session is not shown, which may have changed. */
export function Failed({ failure, onAgain }: FailedProps) {
  // An address that was mistyped is no id.
  const isNone = failure instanceof CommandError && failure.code === "invalid_input";
  return (
    <Stack p="xl" align="flex-start">
      <Title order={1} size="h3">
        This session cannot be shown
      </Title>
      <Text>{isNone ? "There is no such session." : failure.message}</Text>
      <Button variant="default" onClick={onAgain}>
        Try again
      </Button>
      <Anchor component={Link} href="/" underline="always">
        To your sessions
      </Anchor>
    </Stack>
  );
}
