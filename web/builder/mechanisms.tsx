import { Badge, Button, Card, Group, Modal, Skeleton, Stack, Text, Title } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useState } from "react";
import type { ConsensusMechanism } from "../../contract/consensus_mechanism.ts";
import { readMechanism } from "../../contract/mechanism_config.ts";
import type { Team } from "../../contract/team.ts";
import { useChange, useList } from "../queries.ts";
import { tell } from "../tell.ts";
import { ConfirmButton } from "./confirm_button.tsx";
import { Config } from "./form_parts.tsx";
import { MechanismForm } from "./mechanism_form.tsx";
import { mechanismTypes, rules } from "./rule_fields.ts";
import type { TeamMembers } from "./use_members.ts";

interface MechanismsProps {
  readonly team: Team;
  readonly members: TeamMembers;
  readonly mayChange: boolean;
}

/** The ways in which a team decides. */
export function Mechanisms({ team, members, mayChange }: MechanismsProps) {
  const mechanisms = useList("mechanism.list", { team_id: team.id });
  const [opened, setOpened] = useState<ConsensusMechanism | "new" | null>(null);
  const close = () => setOpened(null);
  if (!mechanisms.data) return <Skeleton height={120} aria-label="Loading" />;
  // The first that the team was given is the one that it decides by; the list is newest first.
  const oldest = mechanisms.data.toReversed();
  return (
    <Stack>
      <Title order={2} size="h3">
        Decisions
      </Title>
      <Text size="sm" c="dimmed">
        How the team settles a question that somebody puts to it. Every member who is no observer
        has a vote. The team decides by its first mechanism, unless a question names another one.
      </Text>
      {oldest.length === 0 && <Text>The team has no way to decide yet.</Text>}
      <Stack component="ul" className="plain-list" gap="xs">
        {oldest.map((mechanism, index) => (
          <li key={mechanism.id}>
            <MechanismCard
              mechanism={mechanism}
              isFirst={index === 0}
              mayChange={mayChange}
              onChange={() => setOpened(mechanism)}
            />
          </li>
        ))}
      </Stack>
      {mayChange && (
        <Button
          variant="default"
          leftSection={<IconPlus size={16} aria-hidden />}
          onClick={() => setOpened("new")}
          style={{ alignSelf: "flex-start" }}
        >
          Add a way to decide
        </Button>
      )}
      <Modal
        opened={opened !== null}
        onClose={close}
        size="lg"
        title={opened === "new" ? "A new way to decide" : "How the team decides"}
      >
        {opened && (
          <MechanismForm
            team_id={team.id}
            mechanism={opened === "new" ? null : opened}
            members={members}
            onClose={close}
          />
        )}
      </Modal>
    </Stack>
  );
}

interface MechanismCardProps {
  readonly mechanism: ConsensusMechanism;
  readonly isFirst: boolean;
  readonly mayChange: boolean;
  readonly onChange: () => void;
}

function MechanismCard({ mechanism, isFirst, mayChange, onChange }: MechanismCardProps) {
  const { id: mechanism_id, type, config } = mechanism;
  const remove = useChange("mechanism.delete", { showsError: true });
  const rule = readMechanism(type, config).data?.rule;
  const label = rule ? rules[rule].label : "A rule that is not right";
  const confirm = (close: () => void) =>
    remove.mutate(
      { mechanism_id },
      {
        onSuccess: () => {
          close();
          tell(`${label} is deleted`);
        },
      },
    );
  return (
    <Card withBorder padding="sm">
      <Stack gap="xs">
        <Group justify="space-between">
          <Group gap="xs">
            <Text fw={600}>{label}</Text>
            <Badge variant="light" color="gray">
              {mechanismTypes[type]}
            </Badge>
            {isFirst && <Badge variant="light">Decides</Badge>}
          </Group>
          {mayChange && (
            <Group gap="xs">
              <Button
                size="compact-sm"
                variant="default"
                aria-label={`Change ${label}`}
                onClick={onChange}
              >
                Change
              </Button>
              <ConfirmButton
                size="compact-sm"
                label="Delete"
                about={label}
                question={`Delete ${label}?`}
                consequence="Open decisions go on by it; new ones cannot use it."
                pending={remove.isPending}
                error={remove.error}
                onConfirm={confirm}
              />
            </Group>
          )}
        </Group>
        {rule && (
          <Text size="sm" c="dimmed">
            {rules[rule].help}
          </Text>
        )}
        <details className="fold">
          <summary>Config of {label}</summary>
          <Config config={config} />
        </details>
      </Stack>
    </Card>
  );
}
