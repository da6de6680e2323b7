import {
  Anchor,
  Modal,
  MultiSelect,
  SegmentedControl,
  Select,
  Stack,
  Text,
  TextInput,
} from "@mantine/core";
import { useState } from "react";
import { Link, useLocation } from "wouter";
import { FormEnd } from "../form_end.tsx";
import { useCommandForm, useList } from "../queries.ts";

interface NewSessionProps {
  readonly opened: boolean;
  readonly onClose: () => void;
}

/** Opens a session, for a team or for agents picked one by one. */
export function NewSession({ opened, onClose }: NewSessionProps) {
  return (
    <Modal opened={opened} onClose={onClose} title="New session">
      <SessionForm onClose={onClose} />
    </Modal>
  );
}

function SessionForm({ onClose }: { onClose: () => void }) {
  const [, go] = useLocation();
  const [way, setWay] = useState<"team" | "agents">("team");
  const teams = useList("team.list", {});
  const agents = useList("agent.list", {});
  const tools = useList("tool.list", {});
  const { form, submit, pending, problem } = useCommandForm("session.create", {
    initialValues: {
      title: "",
      team_id: null as string | null,
      agent_ids: [] as string[],
      tool_ids: [] as string[],
    },
    toInput: ({ title, team_id, agent_ids, tool_ids }) => ({
      title,
      ...(way === "team" ? { team_id } : { agent_ids }),
      ...(tool_ids.length > 0 && { tool_ids }),
    }),
    onDone: ({ id }) => {
      onClose();
      go(`/sessions/${id}`);
    },
  });
  const options = (rows: readonly { id: string; name: string }[] | undefined) =>
    (rows ?? []).map(({ id, name }) => ({ value: id, label: name }));
  const assistants = agents.data?.filter(({ type }) => type !== "user_proxy");
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        <TextInput
          label="Title"
          required
          placeholder="What is it about?"
          data-autofocus
          {...form.getInputProps("title")}
        />
        <SegmentedControl
          aria-label="Who works in it"
          value={way}
          onChange={(value) => setWay(value as typeof way)}
          data={[
            { value: "team", label: "A team" },
            { value: "agents", label: "Some agents" },
          ]}
        />
        {way === "team" ? (
          <Select
            label="Team"
            description="It takes turns as its rules say, and stops by itself."
            placeholder="Choose a team"
            searchable
            clearable
            data={options(teams.data)}
            nothingFoundMessage="There is no team"
            {...form.getInputProps("team_id")}
          />
        ) : (
          <MultiSelect
            label="Agents"
            description="They speak whenever they like; nobody gives turns."
            placeholder="Choose agents"
            searchable
            data={options(assistants)}
            nothingFoundMessage="There is no agent"
            {...form.getInputProps("agent_ids")}
          />
        )}
        {way === "team" && teams.data?.length === 0 && (
          <Text size="sm">
            There is no team yet.{" "}
            <Anchor component={Link} href="/teams" underline="always" inherit>
              Make one
            </Anchor>
            , or pick some agents.
          </Text>
        )}
        <MultiSelect
          label="Tools of the session"
          description="Beside what its agents and team have."
          placeholder="None"
          searchable
          data={options(tools.data)}
          nothingFoundMessage="There is no tool"
          {...form.getInputProps("tool_ids")}
        />
        <FormEnd label="Open the session" problem={problem} pending={pending} onCancel={onClose} />
      </Stack>
    </form>
  );
}
