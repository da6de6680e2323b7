import { NativeSelect, Stack, Textarea, TextInput } from "@mantine/core";
import type { Agent } from "../../contract/agent.ts";
import type { JsonObject } from "../../contract/json.ts";
import { FormEnd } from "../form_end.tsx";
import { useCommandForm } from "../queries.ts";
import { tell } from "../tell.ts";
import { VisibilitySelect } from "./form_parts.tsx";
import { JsonField } from "./json_field.tsx";

/** What each type of agent is called. */
export const agentTypes: Readonly<Record<Agent["type"], string>> = {
  assistant: "Assistant",
  custom: "Custom",
  user_proxy: "Person",
};

interface AgentFormProps {
  /** The one to change; without it a new one is made. */
  readonly agent?: Agent;
  readonly onDone?: (agent: Agent) => void;
}

/** Makes or changes an agent. */
export function AgentForm({ agent, onDone }: AgentFormProps) {
  const { form, submit, pending, problem } = useCommandForm(
    agent ? "agent.update" : "agent.create",
    {
      initialValues: {
        name: agent?.name ?? "",
        type: agent?.type ?? ("assistant" as Agent["type"]),
        role: agent?.role ?? "",
        visibility: agent?.visibility ?? ("private" as Agent["visibility"]),
        config: (agent?.config ?? {}) as JsonObject | undefined,
      },
      toInput: ({ config = {}, ...values }) =>
        agent ? { agent_id: agent.id, ...values, config } : { ...values, config },
      row: agent,
      onDone: (done) => {
        tell(agent ? `${done.name} is saved` : `${done.name} is made`);
        onDone?.(done);
      },
    },
  );
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        <TextInput
          label="Name"
          required
          description="As the team and its rules call it."
          data-autofocus
          {...form.getInputProps("name")}
        />
        <NativeSelect
          label="Type"
          description="A person's turn waits for them; the others are bots."
          data={Object.entries(agentTypes).map(([value, label]) => ({ value, label }))}
          {...form.getInputProps("type")}
        />
        <Textarea
          label="Role"
          description="What it is for, in a sentence or a page."
          autosize
          minRows={2}
          maxRows={10}
          {...form.getInputProps("role")}
        />
        <VisibilitySelect {...form.getInputProps("visibility")} />
        <JsonField
          label="Config"
          description="JSON for its bot, such as the model and its settings."
          {...form.getInputProps("config")}
        />
        <FormEnd
          label={agent ? "Save the agent" : "Make the agent"}
          problem={problem}
          pending={pending}
        />
      </Stack>
    </form>
  );
}
