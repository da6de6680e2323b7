import { Alert, Drawer, Skeleton, Stack, Title } from "@mantine/core";
import type { Tool } from "../../contract/tool.ts";
import { useChange, useList, useRead } from "../queries.ts";
import { tell } from "../tell.ts";
import { Catalogue } from "./catalogue.tsx";
import { ConfirmButton } from "./confirm_button.tsx";
import { Facts } from "./form_parts.tsx";
import { ToolForm, toolTypes } from "./tool_form.tsx";
import { useMayChange } from "./use_may.ts";
import { NEW, useOpened } from "./use_opened.ts";

/** The tools there are, and forms to make and change them. */
export default function Tools() {
  const [opened, open] = useOpened("tool");
  const tools = useList("tool.list", {});
  return (
    <Catalogue
      title="Tools"
      one="tool"
      purpose="A tool is something that agents may call: describe it here once, then attach it to agents, teams or sessions."
      items={tools.data?.map(itemOf)}
      error={tools.error}
      onNew={() => open(NEW)}
    >
      <Drawer
        opened={opened !== null}
        onClose={() => open(null)}
        position="right"
        size="lg"
        title={opened === NEW ? "New tool" : "Tool"}
      >
        {opened === NEW && <ToolForm onDone={() => open(null)} />}
        {opened !== null && opened !== NEW && (
          <ToolPanel key={opened} tool_id={opened} onGone={() => open(null)} />
        )}
      </Drawer>
    </Catalogue>
  );
}

function itemOf(tool: Tool) {
  const { id, name, description, type, created_by, visibility } = tool;
  const href = `/tools?tool=${id}`;
  const about = description;
  return { id, name, about, type: toolTypes[type], owner_id: created_by, visibility, href };
}

function ToolPanel({ tool_id, onGone }: { tool_id: string; onGone: () => void }) {
  const tool = useRead("tool.get", { tool_id });
  const mayChange = useMayChange(tool.data?.created_by);
  const remove = useChange("tool.delete", { showsError: true });
  if (tool.error) {
    return (
      <Alert color="red" title="The tool could not be read">
        {tool.error.message}
      </Alert>
    );
  }
  if (!tool.data) return <Skeleton height={300} aria-label="Loading" />;
  const { name, description, type, config } = tool.data;
  if (!mayChange) {
    return (
      <Stack gap="xs">
        <Title order={2} size="h3">
          {name}
        </Title>
        <Facts about={description} type={toolTypes[type]} config={config} />
      </Stack>
    );
  }
  const confirm = (close: () => void) =>
    remove.mutate(
      { tool_id },
      {
        onSuccess: () => {
          close();
          onGone();
          tell(`${name} is deleted`);
        },
      },
    );
  return (
    <Stack gap="xl">
      <ToolForm tool={tool.data} />
      <div>
        <ConfirmButton
          label="Delete the tool"
          question={`Delete ${name}?`}
          consequence="Agents and teams that have it lose it. A tool that a session lists cannot be deleted."
          pending={remove.isPending}
          error={remove.error}
          onConfirm={confirm}
        />
      </div>
    </Stack>
  );
}
