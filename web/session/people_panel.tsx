import {
  ActionIcon,
  Badge,
  Button,
  Group,
  Indicator,
  Select,
  Stack,
  Text,
  TextInput,
  Title,
} from "@mantine/core";
import { IconUserMinus } from "@tabler/icons-react";
import { type FormEvent, useState } from "react";
import { useConnection } from "../connection.tsx";
import { messageOf } from "../message_of.ts";
import { useChange, useRead } from "../queries.ts";
import { Face } from "./entry_row.tsx";
import { type Speaker, useBelonging, useNames } from "./roster.tsx";
import { useShownState, useTimeline } from "./use_timeline.tsx";

/** Who belongs to the session, and who of them is here now. */
export function PeoplePanel({ isOwner }: { isOwner: boolean }) {
  const { session_id, presence, typing } = useTimeline();
  const created_by = useRead("session.get", { session_id }).data?.created_by;
  const state = useShownState();
  const names = useNames();
  const belonging = useBelonging();
  const here = new Set(presence.map(({ agent_id, user_id }) => agent_id ?? user_id));
  const turns = new Set(state.open_turns.map((turn) => turn.agent_id));
  const stateOf = (id: string) => {
    if (typing.has(id)) return "writing…";
    if (turns.has(id)) return "has the turn";
    return here.has(id) ? "here" : "";
  };
  const belongs = ({ id }: { id: string }) => belonging?.has(id);
  const users = [...names.users.values()].filter(belongs);
  const agents = [...names.agents.values()]
    .filter(belongs)
    .filter(({ type }) => type !== "user_proxy");
  return (
    <Stack gap="lg">
      <section>
        <Title order={2} size="h5" mb="xs">
          People
        </Title>
        <Stack gap={8}>
          {users.map(({ id }) => (
            <Person
              key={id}
              speaker={names.user(id)}
              here={here.has(id)}
              note={stateOf(id)}
              role={id === created_by ? "owner" : state.members[id]?.role}
              removable={isOwner && id !== created_by && id in state.members}
            />
          ))}
        </Stack>
        {isOwner && <Invite />}
      </section>
      <section>
        <Title order={2} size="h5" mb="xs">
          Agents
        </Title>
        {belonging && agents.length === 0 && (
          <Text size="sm" c="dimmed">
            No agent belongs to this session.
          </Text>
        )}
        <Stack gap={8}>
          {agents.map((agent) => (
            <Person
              key={agent.id}
              speaker={names.agent(agent.id)}
              here={here.has(agent.id)}
              note={stateOf(agent.id)}
            />
          ))}
        </Stack>
      </section>
    </Stack>
  );
}

interface PersonProps {
  readonly speaker: Speaker;
  readonly here: boolean;
  readonly note: string;
  readonly role?: string | undefined;
  readonly removable?: boolean;
}

function Person({ speaker, here, note, role, removable = false }: PersonProps) {
  const { session_id } = useTimeline();
  const remove = useChange("session.remove_member");
  return (
    <Group gap="xs" wrap="nowrap">
      <Indicator disabled={!here} color="green" size={10} offset={4} withBorder>
        <Face speaker={speaker} size={30} />
      </Indicator>
      <div style={{ minWidth: 0, flex: 1 }}>
        <Text size="sm" fw={500} truncate>
          {speaker.name}
        </Text>
        <Text size="xs" c="dimmed" truncate title={speaker.role}>
          {[note, speaker.role].filter(Boolean).join(" · ") || "away"}
        </Text>
      </div>
      {role && (
        <Badge size="xs" variant="light" color="gray">
          {role}
        </Badge>
      )}
      {removable && (
        <ActionIcon
          variant="subtle"
          color="gray"
          size="sm"
          aria-label={`Take ${speaker.name} out of the session`}
          loading={remove.isPending}
          onClick={() => remove.mutate({ session_id, user_id: speaker.id })}
        >
          <IconUserMinus size={14} />
        </ActionIcon>
      )}
    </Group>
  );
}

/** Lets a person in by their address. */
function Invite() {
  const { session_id } = useTimeline();
  const { client } = useConnection();
  const [email, setEmail] = useState("");
  const [role, setRole] = useState<"participant" | "observer">("participant");
  const [fault, setFault] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    try {
      const { id: user_id } = await client.command("user.find", { email: email.trim() });
      await client.command("session.add_member", { session_id, user_id, role });
      setEmail("");
      setFault(null);
    } catch (error) {
      setFault(messageOf(error));
    }
    setBusy(false);
  };
  return (
    <form onSubmit={submit}>
      <Stack gap={6} mt="md">
        <TextInput
          size="xs"
          label="Let somebody in"
          type="email"
          placeholder="name@example.org"
          value={email}
          error={fault}
          onChange={(event) => setEmail(event.currentTarget.value)}
        />
        <Group gap={6} wrap="nowrap">
          <Select
            size="xs"
            aria-label="Their role"
            allowDeselect={false}
            data={["participant", "observer"]}
            value={role}
            onChange={(value) => setRole(value as typeof role)}
          />
          <Button size="xs" variant="light" type="submit" loading={busy} disabled={email === ""}>
            Add
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
