import { Button, Modal, Stack, Text, Title } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import type { Agent } from "../../contract/agent.ts";
import { Copyable, MakeToken } from "../account/make_token.tsx";
import { useConnection } from "../connection.tsx";

/** Makes a token that speaks as an agent, and says how to start a bot with it. */
export function BotToken({ agent }: { agent: Agent }) {
  const { me } = useConnection();
  const [opened, { open, close }] = useDisclosure();
  return (
    <Stack gap="sm" align="flex-start">
      <div>
        <Title order={2} size="h4">
          Its bot
        </Title>
        <Text size="sm" c="dimmed">
          A program of yours that speaks as {agent.name}. It signs in with a token of its own.
        </Text>
      </div>
      {me.scope === "full" ? (
        <Button variant="default" onClick={open}>
          Make a token for its bot
        </Button>
      ) : (
        <Text size="sm">Your own token does not reach to making tokens.</Text>
      )}
      <Modal opened={opened} onClose={close} size="lg" title={`A token for ${agent.name}'s bot`}>
        <MakeToken bearer={{ agent_id: agent.id }} name={`Bot of ${agent.name}`.slice(0, 200)}>
          {(token) => (
            <>
              <Copyable label="Token" text={token} />
              <Copyable label="A bot, in JavaScript" text={botCode(token)} />
            </>
          )}
        </MakeToken>
      </Modal>
    </Stack>
  );
}

function botCode(token: string): string {
  return `import { Bot } from "taskmaster/client";

const token = "${token}";
const bot = new Bot({ url: "${location.origin}", token });
bot.onTurn((turn) => turn.say("Hello, it is my turn"));
await bot.start();`;
}
