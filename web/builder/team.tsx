import { Alert, Anchor, Badge, Group, Skeleton, Stack, Tabs, Text, Title } from "@mantine/core";
import { Link, useLocation, useSearchParams } from "wouter";
import type { Team as TeamRow } from "../../contract/team.ts";
import { usePageTitle } from "../page_title.ts";
import { useChange, useRead } from "../queries.ts";
import { tell } from "../tell.ts";
import { ConfirmButton } from "./confirm_button.tsx";
import { Mechanisms } from "./mechanisms.tsx";
import { Members } from "./members.tsx";
import { teamTypes } from "./team_fields.ts";
import { TeamRules } from "./team_rules.tsx";
import { TeamTools } from "./team_tools.tsx";
import { useMayChange } from "./use_may.ts";
import { useMembers } from "./use_members.ts";

/** One team: its members, rules, mechanisms and tools. */
export default function Team({ team_id }: { team_id: string }) {
  const team = useRead("team.get", { team_id });
  usePageTitle(team.data?.name ?? "Team");
  return (
    <Stack p="md" maw={900} mx="auto">
      <Anchor component={Link} href="/teams" underline="always" size="sm">
        All teams
      </Anchor>
      {team.error && (
        <>
          <Title order={1} size="h2">
            Team
          </Title>
          <Alert color="red" title="The team could not be read">
            {team.error.message}
          </Alert>
        </>
      )}
      {team.isPending && <Skeleton height={300} aria-label="Loading" />}
      {team.data && <TeamPage team={team.data} />}
    </Stack>
  );
}

function TeamPage({ team }: { team: TeamRow }) {
  const [parameters, setParameters] = useSearchParams();
  const members = useMembers(team.id);
  const mayChange = useMayChange(team.owner_id);
  const about = { team, members, mayChange };
  return (
    <>
      <div>
        <Title order={1} size="h2">
          {team.name}
        </Title>
        <Group gap="xs" mt={4}>
          <Badge variant="light" color="gray">
            {teamTypes[team.type].label}
          </Badge>
          {!mayChange && <Text size="sm">You may use this team, but not change it.</Text>}
        </Group>
      </div>
      {team.description && <Text className="written">{team.description}</Text>}
      <Tabs
        value={parameters.get("tab") ?? "members"}
        onChange={(tab) => setParameters({ tab: tab ?? "members" }, { replace: true })}
      >
        <Tabs.List aria-label="Parts of the team">
          <Tabs.Tab value="members">Members</Tabs.Tab>
          <Tabs.Tab value="rules">Rules</Tabs.Tab>
          <Tabs.Tab value="decisions">Decisions</Tabs.Tab>
          <Tabs.Tab value="tools">Tools</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="members" pt="md">
          <Members {...about} />
        </Tabs.Panel>
        <Tabs.Panel value="rules" pt="md">
          <Stack gap="xl" align="stretch">
            <TeamRules {...about} />
            {mayChange && (
              <div>
                <DeleteTeam team={team} />
              </div>
            )}
          </Stack>
        </Tabs.Panel>
        <Tabs.Panel value="decisions" pt="md">
          <Mechanisms {...about} />
        </Tabs.Panel>
        <Tabs.Panel value="tools" pt="md">
          <TeamTools {...about} />
        </Tabs.Panel>
      </Tabs>
    </>
  );
}

function DeleteTeam({ team: { id: team_id, name } }: { team: TeamRow }) {
  const [, go] = useLocation();
  const remove = useChange("team.delete", { showsError: true });
  const confirm = () =>
    remove.mutate(
      { team_id },
      {
        onSuccess: () => {
          go("/teams");
          tell(`${name} is deleted`);
        },
      },
    );
  return (
    <ConfirmButton
      label="Delete the team"
      question={`Delete ${name}?`}
      consequence="Its rules and mechanisms are gone then; its agents and tools stay. A team that a session refers to cannot be deleted."
      pending={remove.isPending}
      error={remove.error}
      onConfirm={confirm}
    />
  );
}
