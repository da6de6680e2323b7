import { Alert, Drawer, Skeleton, Stack, Title } from "@mantine/core";
import type { Agent } from "../../contract/agent.ts";
import { useChange, useList, useRead } from "../queries.ts";
import { tell } from "../tell.ts";
import { AgentForm, agentTypes } from "./agent_form.tsx";
import { AttachedTools } from "./attached_tools.tsx";
import { BotToken } from "./bot_token.tsx";
import { Catalogue } from "./catalogue.tsx";
import { ConfirmButton } from "./confirm_button.tsx";
import { Facts } from "./form_parts.tsx";
import { useMayChange } from "./use_may.ts";
import { NEW, useOpened } from "./use_opened.ts";

/** The agents there are, and forms to make and change them. */
export default function Agents() {
  const [opened, open] = useOpened("agent");
  const agents = useList("agent.list", {});
  return (
    <Catalogue
      title="Agents"
      one="agent"
      purpose="An agent speaks in sessions: a bot of yours that answers in turn. Make one, then put it into a team and start its bot."
      items={agents.data?.map(itemOf)}
      error={agents.error}
      onNew={() => open(NEW)}
    >
      <Drawer
        opened={opened !== null}
        onClose={() => open(null)}
        position="right"
        size="lg"
        title={opened === NEW ? "New agent" : "Agent"}
      >
        {opened === NEW && <AgentForm onDone={({ id }) => open(id)} />}
        {opened !== null && opened !== NEW && (
          <AgentPanel key={opened} agent_id={opened} onGone={() => open(null)} />
        )}
      </Drawer>
    </Catalogue>
  );
}

function itemOf(agent: Agent) {
  const { id, name, role, type, owner_id, visibility } = agent;
  const href = `/agents?agent=${id}`;
  return { id, name, about: role, type: agentTypes[type], owner_id, visibility, href };
}

function AgentPanel({ agent_id, onGone }: { agent_id: string; onGone: () => void }) {
  const agent = useRead("agent.get", { agent_id });
  const mayChange = useMayChange(agent.data?.owner_id);
  const tools = useRead("agent.list_tools", { agent_id });
  const remove = useChange("agent.delete", { showsError: true });
  if (agent.error) {
    return (
      <Alert color="red" title="The agent could not be read">
        {agent.error.message}
      </Alert>
    );
  }
  if (!agent.data) return <Skeleton height={300} aria-label="Loading" />;
  const { name, role, type, config } = agent.data;
  const confirm = (close: () => void) =>
    remove.mutate(
      { agent_id },
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
      {mayChange ? (
        <AgentForm agent={agent.data} />
      ) : (
        <Stack gap="xs">
          <Title order={2} size="h3">
            {name}
          </Title>
          <Facts about={role} type={agentTypes[type]} config={config} />
        </Stack>
      )}
      <AttachedTools
        title="Its tools"
        shows="Config"
        holder={{ agent_id }}
        help="What the agent has by itself; a team may give it more. The config is the tool's, with the agent's changes merged onto it."
        tools={tools.data?.data ?? []}
        mayChange={mayChange}
      />
      {mayChange && type !== "user_proxy" && <BotToken agent={agent.data} />}
      {mayChange && (
        <div>
          <ConfirmButton
            label="Delete the agent"
            question={`Delete ${name}?`}
            consequence="It leaves its teams, and its bot's tokens end. An agent that a session or an entry refers to cannot be deleted."
            pending={remove.isPending}
            error={remove.error}
            onConfirm={confirm}
          />
        </div>
      )}
    </Stack>
  );
}
