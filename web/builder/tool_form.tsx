import { NativeSelect, Stack, Textarea, TextInput } from "@mantine/core";
import type { JsonObject } from "../../contract/json.ts";
import type { Tool } from "../../contract/tool.ts";
import { FormEnd } from "../form_end.tsx";
import { useCommandForm } from "../queries.ts";
import { tell } from "../tell.ts";
import { VisibilitySelect } from "./form_parts.tsx";
import { JsonField } from "./json_field.tsx";

/** What each type of tool is called. */
export const toolTypes: Readonly<Record<Tool["type"], string>> = {
  api: "API",
  function: "Function",
  plugin: "Plugin",
  custom: "Custom",
};

interface ToolFormProps {
  /** The one to change; without it a new one is made. */
  readonly tool?: Tool;
  readonly onDone?: () => void;
}

/** Makes or changes a tool. */
export function ToolForm({ tool, onDone }: ToolFormProps) {
  const { form, submit, pending, problem } = useCommandForm(tool ? "tool.update" : "tool.create", {
    initialValues: {
      name: tool?.name ?? "",
      type: tool?.type ?? ("function" as Tool["type"]),
      description: tool?.description ?? "",
      visibility: tool?.visibility ?? ("private" as Tool["visibility"]),
      config: (tool?.config ?? {}) as JsonObject | undefined,
    },
    toInput: ({ config = {}, ...values }) =>
      tool ? { tool_id: tool.id, ...values, config } : { ...values, config },
    row: tool,
    onDone: ({ name }) => {
      tell(tool ? `${name} is saved` : `${name} is made`);
      onDone?.();
    },
  });
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        <TextInput
          label="Name"
          required
          description="As agents call it."
          data-autofocus
          {...form.getInputProps("name")}
        />
        <NativeSelect
          label="Type"
          data={Object.entries(toolTypes).map(([value, label]) => ({ value, label }))}
          {...form.getInputProps("type")}
        />
        <Textarea
          label="Description"
          description="What it does and when to use it: agents decide by this."
          autosize
          minRows={2}
          maxRows={10}
          {...form.getInputProps("description")}
        />
        <VisibilitySelect {...form.getInputProps("visibility")} />
        <JsonField
          label="Config"
          description="JSON for whoever runs it, such as an address and its parameters. No secrets: who may use the tool can read it."
          {...form.getInputProps("config")}
        />
        <FormEnd
          label={tool ? "Save the tool" : "Make the tool"}
          problem={problem}
          pending={pending}
        />
      </Stack>
    </form>
  );
}
