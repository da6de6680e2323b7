import {
  Alert,
  Anchor,
  Badge,
  Button,
  Group,
  Modal,
  Select,
  Stack,
  Switch,
  Text,
  Title,
} from "@mantine/core";
import { useState } from "react";
import { Link } from "wouter";
import type { AgentTool } from "../../contract/agent_tool.ts";
import type { Input } from "../../contract/commands.ts";
import type { JsonObject } from "../../contract/json.ts";
import type { TeamTool } from "../../contract/team_tool.ts";
import { FormEnd } from "../form_end.tsx";
import { messageOf } from "../message_of.ts";
import { useChange, useCommandForm, useList } from "../queries.ts";
import { tell } from "../tell.ts";
import { ConfirmButton } from "./confirm_button.tsx";
import { Config } from "./form_parts.tsx";
import { JsonField } from "./json_field.tsx";

/** Who has the tools. */
type Holder = { readonly agent_id: string } | { readonly team_id: string };
type Attachment = AgentTool | TeamTool;

interface Attached {
  readonly tool_id: string;
  readonly name: string;
  readonly config: JsonObject;
  /** False if it is attached, but switched off. */
  readonly enabled?: boolean;
}

interface AttachedToolsProps {
  readonly title: string;
  readonly holder: Holder;
  readonly help: string;
  /** What is shown of each tool: its whole config, or what is changed in it. */
  readonly shows: "Config" | "Changes to the config";
  readonly tools: readonly Attached[];
  readonly mayChange: boolean;
}

/** The tools of an agent or a team: what they are configured to, and forms to change that. */
export function AttachedTools({
  title,
  holder,
  help,
  shows,
  tools,
  mayChange,
}: AttachedToolsProps) {
  const [changed, setChanged] = useState<{ attachment: Attachment; name: string } | null>(null);
  const attach = useChange(`${nounOf(holder)}.attach_tool`, { showsError: true });
  // Attaching without saying how leaves what is there as it is, and answers it.
  const change = (tool_id: string, name: string) =>
    attach.mutate({ ...holder, tool_id } as Input<"agent.attach_tool">, {
      onSuccess: (attachment) => setChanged({ attachment, name }),
    });
  return (
    <Stack gap="sm">
      <div>
        <Title order={2} size="h3">
          {title}
        </Title>
        <Text size="sm" c="dimmed">
          {help}
        </Text>
      </div>
      {tools.length === 0 && <Text size="sm">No tool is attached.</Text>}
      <Stack component="ul" className="plain-list" gap="xs">
        {tools.map((tool) => (
          <li key={tool.tool_id}>
            <ToolRow
              holder={holder}
              shows={shows}
              tool={tool}
              mayChange={mayChange}
              onChange={change}
            />
          </li>
        ))}
      </Stack>
      {mayChange && <Attach taken={tools.map(({ tool_id }) => tool_id)} onAttach={change} />}
      {attach.error && (
        <Alert color="red" role="alert">
          {messageOf(attach.error)}
        </Alert>
      )}
      <Modal
        opened={changed !== null}
        onClose={() => setChanged(null)}
        title={`How it has ${changed?.name}`}
      >
        {changed && (
          <AttachmentForm
            holder={holder}
            attachment={changed.attachment}
            onClose={() => setChanged(null)}
          />
        )}
      </Modal>
    </Stack>
  );
}

function nounOf(holder: Holder): "agent" | "team" {
  return "agent_id" in holder ? "agent" : "team";
}

interface ToolRowProps extends Pick<AttachedToolsProps, "holder" | "shows" | "mayChange"> {
  readonly tool: Attached;
  readonly onChange: (tool_id: string, name: string) => void;
}

function ToolRow({ holder, shows, tool, mayChange, onChange }: ToolRowProps) {
  const detach = useChange(`${nounOf(holder)}.detach_tool`, { showsError: true });
  const { tool_id, name, config, enabled = true } = tool;
  return (
    <Stack gap={4}>
      <Group justify="space-between">
        <Group gap="xs">
          <Text fw={600}>{name}</Text>
          {!enabled && (
            <Badge variant="light" color="gray">
              Switched off
            </Badge>
          )}
        </Group>
        {mayChange && (
          <Group gap="xs">
            <Button
              size="compact-sm"
              variant="default"
              aria-label={`Change how it has ${name}`}
              onClick={() => onChange(tool_id, name)}
            >
              Change
            </Button>
            <ConfirmButton
              size="compact-sm"
              label="Detach"
              about={name}
              question={`Detach ${name}?`}
              consequence="What was changed in its config here is forgotten. The tool itself stays."
              pending={detach.isPending}
              error={detach.error}
              onConfirm={(close) =>
                detach.mutate({ ...holder, tool_id } as Input<"agent.detach_tool">, {
                  onSuccess: () => {
                    close();
                    tell(`${name} is detached`);
                  },
                })
              }
            />
          </Group>
        )}
      </Group>
      {Object.keys(config).length > 0 && (
        <details className="fold">
          <summary>
            {shows} of {name}
          </summary>
          <Config config={config} />
        </details>
      )}
    </Stack>
  );
}

interface AttachProps {
  readonly taken: readonly string[];
  readonly onAttach: (tool_id: string, name: string) => void;
}

function Attach({ taken, onAttach }: AttachProps) {
  const tools = useList("tool.list", {});
  const free = tools.data?.filter(({ id }) => !taken.includes(id)) ?? [];
  const attach = (tool_id: string | null) => {
    const tool = free.find(({ id }) => id === tool_id);
    if (tool) onAttach(tool.id, tool.name);
  };
  if (free.length === 0) {
    return (
      <Text size="sm">
        There is no other tool to attach.{" "}
        <Anchor component={Link} href="/tools?tool=new" underline="always" inherit>
          Make one
        </Anchor>
      </Text>
    );
  }
  return (
    <Select
      label="Attach a tool"
      placeholder="Choose a tool"
      searchable
      value={null}
      onChange={attach}
      data={free.map(({ id, name }) => ({ value: id, label: name }))}
      nothingFoundMessage="No tool fits"
    />
  );
}

interface AttachmentFormProps {
  readonly holder: Holder;
  readonly attachment: Attachment;
  readonly onClose: () => void;
}

function AttachmentForm({ holder, attachment, onClose }: AttachmentFormProps) {
  const { tool_id, enabled, config_override } = attachment;
  const { form, submit, pending, problem } = useCommandForm(`${nounOf(holder)}.attach_tool`, {
    initialValues: { enabled, config_override: config_override as JsonObject | undefined | null },
    toInput: ({ enabled, config_override = null }) =>
      ({ ...holder, tool_id, enabled, config_override }) as Input<"agent.attach_tool">,
    onDone: () => {
      tell("The tool is saved");
      onClose();
    },
  });
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        <Switch
          label="Switched on"
          description="Off takes the tool away, also one that the team or the session gives."
          {...form.getInputProps("enabled", { type: "checkbox" })}
        />
        <JsonField
          label="Changes to its config"
          description="Merged onto the tool's config: a value replaces the tool's, null takes it out (RFC 7396). Empty leaves it as it is."
          {...form.getInputProps("config_override")}
          value={form.values.config_override ?? undefined}
        />
        <FormEnd label="Save" problem={problem} pending={pending} onCancel={onClose} />
      </Stack>
    </form>
  );
}
