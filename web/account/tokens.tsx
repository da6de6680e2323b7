import {
  Alert,
  Badge,
  Button,
  Card,
  Group,
  Modal,
  Skeleton,
  Stack,
  Switch,
  Text,
  Title,
} from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconPlus } from "@tabler/icons-react";
import { useState } from "react";
import type { AccessToken } from "../../contract/access_token.ts";
import { ConfirmButton } from "../builder/confirm_button.tsx";
import { useChange, useList } from "../queries.ts";
import { tell } from "../tell.ts";
import { Copyable, MakeToken, scopeLabels } from "./make_token.tsx";

/** One's own tokens: what they may, and a way to end them. */
export function Tokens() {
  const tokens = useList("token.list", {});
  const agents = useList("agent.list", {});
  const [opened, { open, close }] = useDisclosure();
  const [withEnded, setWithEnded] = useState(false);
  const shown = tokens.data?.filter((token) => withEnded || !hasEnded(token));
  const nameOf = (agent_id: string) => agents.data?.find(({ id }) => id === agent_id)?.name;
  return (
    <Stack component="section" gap="sm" aria-label="Tokens">
      <Group justify="space-between">
        <Title order={2} size="h3">
          Tokens
        </Title>
        <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={open}>
          New token
        </Button>
      </Group>
      <Text size="sm" c="dimmed">
        A token signs a program or a browser in as you, or a bot as one of your agents.
      </Text>
      <Switch
        label="Show ended ones too"
        checked={withEnded}
        onChange={(event) => setWithEnded(event.currentTarget.checked)}
      />
      {tokens.error && (
        <Alert color="red" title="The tokens could not be read">
          {tokens.error.message}
        </Alert>
      )}
      {tokens.isPending && <Skeleton height={60} aria-label="Loading" />}
      {shown?.length === 0 && <Text size="sm">There is no token.</Text>}
      <Stack component="ul" className="plain-list" gap="xs">
        {shown?.map((token) => (
          <li key={token.id}>
            <TokenCard
              token={token}
              agent={token.agent_id && (nameOf(token.agent_id) ?? "an agent")}
            />
          </li>
        ))}
      </Stack>
      <Modal opened={opened} onClose={close} title="New token">
        <MakeToken>{(token) => <Copyable label="Token" text={token} />}</MakeToken>
      </Modal>
    </Stack>
  );
}

function hasEnded({ revoked_at, expires_at }: AccessToken): boolean {
  return revoked_at !== null || (expires_at !== null && Date.parse(expires_at) <= Date.now());
}

const day = new Intl.DateTimeFormat(undefined, { dateStyle: "medium" });
const on = (timestamp: string) => day.format(new Date(timestamp));

/** @param props `agent`: the name of the agent that the token speaks as, or null */
function TokenCard({ token, agent }: { token: AccessToken; agent: string | null }) {
  const { id, name, scope, created_at, expires_at, revoked_at } = token;
  const revoke = useChange("token.revoke", { showsError: true });
  const confirm = (close: () => void) =>
    revoke.mutate(
      { token_id: id },
      {
        onSuccess: () => {
          close();
          tell(`${name} is revoked`);
        },
      },
    );
  const end = revoked_at
    ? `revoked ${on(revoked_at)}`
    : expires_at
      ? `${hasEnded(token) ? "ended" : "ends"} ${on(expires_at)}`
      : "does not end by itself";
  return (
    <Card withBorder padding="sm">
      <Group justify="space-between">
        <div style={{ flex: "1 1 220px", minWidth: 0 }}>
          <Group gap="xs">
            <Text fw={600} className="written">
              {name}
            </Text>
            {hasEnded(token) && (
              <Badge variant="light" color="gray">
                Ended
              </Badge>
            )}
          </Group>
          <Text size="sm" c="dimmed">
            {agent ? `Speaks as ${agent}. ` : ""}
            {scopeLabels[scope]}. Made {on(created_at)}, {end}.
          </Text>
        </div>
        {!hasEnded(token) && (
          <ConfirmButton
            size="compact-sm"
            label="Revoke"
            about={name}
            question={`Revoke ${name}?`}
            consequence="Whatever uses it is signed out at once, this browser too if it is the one you signed in with."
            pending={revoke.isPending}
            error={revoke.error}
            onConfirm={confirm}
          />
        )}
      </Group>
    </Card>
  );
}
