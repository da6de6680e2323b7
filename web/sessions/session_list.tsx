import {
  Alert,
  Badge,
  Button,
  Card,
  Group,
  SegmentedControl,
  Skeleton,
  Stack,
  Text,
  TextInput,
  Title,
} from "@mantine/core";
import { useDebouncedValue, useDisclosure } from "@mantine/hooks";
import { IconPlus, IconSearch } from "@tabler/icons-react";
import { useState } from "react";
import { Link } from "wouter";
import type { Session } from "../../contract/session.ts";
import { useConnection } from "../connection.tsx";
import { usePageTitle } from "../page_title.ts";
import { useList, useRead } from "../queries.ts";
import { NewSession } from "./new_session.tsx";
import { lastRead } from "./read_mark.ts";

const statuses = [
  { value: "all", label: "All" },
  { value: "active", label: "Active" },
  { value: "completed", label: "Completed" },
  { value: "archived", label: "Archived" },
] as const;

type Shown = (typeof statuses)[number]["value"];

const LOOK_MS = 3_000;
const day = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });

/** The sessions one may follow: what is new in them, and where one is waited for. */
export function SessionList() {
  usePageTitle("Sessions");
  const { me } = useConnection();
  const [opened, form] = useDisclosure();
  const [text, setText] = useState("");
  const [search] = useDebouncedValue(text.trim(), 200);
  const [shown, setShown] = useState<Shown>("all");
  const wanted = { ...(search && { search }), ...(shown !== "all" && { status: shown }) };
  const sessions = useList("session.list", wanted, { every: LOOK_MS });
  const waiting = useRead("me.list_turns", {}, { every: LOOK_MS }).data?.data ?? [];
  const waits = (id: string) => waiting.filter(({ session_id }) => session_id === id).length;
  const mayCreate = me.agent_id === null && me.scope !== "read";
  return (
    <Stack p="md" maw={900} mx="auto">
      <Group justify="space-between">
        <Title order={1} size="h2">
          Sessions
        </Title>
        {mayCreate && (
          <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={form.open}>
            New session
          </Button>
        )}
      </Group>
      <Group>
        <TextInput
          aria-label="Search sessions by title"
          placeholder="Search by title"
          leftSection={<IconSearch size={16} aria-hidden />}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          style={{ flex: 1 }}
          miw={180}
        />
        <SegmentedControl
          aria-label="Status"
          data={[...statuses]}
          value={shown}
          onChange={(value) => setShown(value as Shown)}
        />
      </Group>
      {sessions.error && (
        <Alert color="red" title="The sessions could not be read">
          {sessions.error.message}
        </Alert>
      )}
      {sessions.isPending && <Skeleton height={72} aria-label="Loading" />}
      {sessions.data?.length === 0 && <None narrow={search !== "" || shown !== "all"} />}
      <Stack component="ul" gap="xs" className="plain-list">
        {sessions.data?.map((session) => (
          <li key={session.id}>
            <SessionCard session={session} waits={waits(session.id)} />
          </li>
        ))}
      </Stack>
      <NewSession opened={opened} onClose={form.close} />
    </Stack>
  );
}

function SessionCard({ session, waits }: { session: Session; waits: number }) {
  const unread = session.head_seq - lastRead(session.id);
  return (
    <Card
      component={Link}
      href={`/sessions/${session.id}`}
      withBorder
      padding="sm"
      className="session-card"
    >
      <Group justify="space-between" gap="xs">
        <div style={{ flex: "1 1 180px", minWidth: 0 }}>
          <Text fw={600} truncate>
            {session.title}
          </Text>
          <Text size="sm" c="dimmed" truncate>
            {session.head_seq} {session.head_seq === 1 ? "entry" : "entries"}, changed{" "}
            {day.format(new Date(session.updated_at))}
          </Text>
        </div>
        <Group gap={6}>
          {waits > 0 && <Badge color="indigo">your turn</Badge>}
          {unread > 0 && (
            <Badge variant="light" color="indigo">
              {unread > 999 ? "999+" : unread} new
            </Badge>
          )}
          <Badge variant="light" color={session.status === "active" ? "green" : "gray"}>
            {session.status}
          </Badge>
        </Group>
      </Group>
    </Card>
  );
}

function None({ narrow }: { narrow: boolean }) {
  return (
    <Stack align="center" p="xl" gap={4}>
      <Text fw={600}>{narrow ? "No session fits" : "You follow no session yet"}</Text>
      <Text c="dimmed" ta="center">
        {narrow
          ? "Try another word, or show all."
          : "Open one: choose a team that takes turns, or just some agents."}
      </Text>
    </Stack>
  );
}
