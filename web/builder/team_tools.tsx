import { Badge, Group, Skeleton, Stack, Text, Title } from "@mantine/core";
import { useState } from "react";
import type { Team } from "../../contract/team.ts";
import { useList, useRead } from "../queries.ts";
import { AttachedTools } from "./attached_tools.tsx";
import { Config } from "./form_parts.tsx";
import type { Member, TeamMembers } from "./use_members.ts";

interface TeamToolsProps {
  readonly team: Team;
  readonly members: TeamMembers;
  readonly mayChange: boolean;
}

/** The tools that a team gives its members, and what each of them has in the end. */
export function TeamTools({ team, members: { members }, mayChange }: TeamToolsProps) {
  const attached = useRead("team.list_tools", { team_id: team.id });
  const tools = useList("tool.list", {});
  const nameOf = (tool_id: string) => tools.data?.find(({ id }) => id === tool_id)?.name ?? tool_id;
  const rows = attached.data?.data.map(({ tool_id, enabled, config_override }) => ({
    tool_id,
    enabled,
    name: nameOf(tool_id),
    config: config_override ?? {},
  }));
  return (
    <Stack gap="xl">
      <AttachedTools
        title="Tools of the team"
        shows="Changes to the config"
        holder={{ team_id: team.id }}
        help="Every member has them, with these changes to their config."
        tools={rows ?? []}
        mayChange={mayChange}
      />
      <Stack gap="sm">
        <div>
          <Title order={2} size="h3">
            What each member has
          </Title>
          <Text size="sm" c="dimmed">
            The tools of the member and of the team, with the config they have in the end.
          </Text>
        </div>
        {members?.length === 0 && <Text size="sm">Nobody is in the team yet.</Text>}
        {members?.map((member) => (
          <EffectiveTools key={member.agent_id} team_id={team.id} member={member} />
        ))}
      </Stack>
    </Stack>
  );
}

function EffectiveTools({ team_id, member }: { team_id: string; member: Member }) {
  const [opened, setOpened] = useState(false);
  const { agent_id, name } = member;
  const tools = useRead("agent.list_tools", { agent_id, team_id }, { enabled: opened });
  return (
    <details className="fold" onToggle={(event) => setOpened(event.currentTarget.open)}>
      <summary>{name}</summary>
      <Stack gap="sm" pt="xs" pl="md">
        {opened && tools.isPending && <Skeleton height={40} aria-label="Loading" />}
        {tools.error && <Text size="sm">{tools.error.message}</Text>}
        {tools.data?.data.length === 0 && <Text size="sm">{name} has no tool.</Text>}
        {tools.data?.data.map((tool) => (
          <Stack key={tool.tool_id} gap={4}>
            <Group gap="xs">
              <Text fw={600}>{tool.name}</Text>
              <Badge variant="light" color="gray">
                from {tool.sources.join(" and ")}
              </Badge>
            </Group>
            <Config config={tool.config} />
          </Stack>
        ))}
      </Stack>
    </details>
  );
}
