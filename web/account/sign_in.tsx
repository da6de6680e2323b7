import {
  Alert,
  Anchor,
  Button,
  Card,
  Center,
  PasswordInput,
  Stack,
  Text,
  Title,
} from "@mantine/core";
import { type FormEvent, useState } from "react";
import { usePageTitle } from "../page_title.ts";

interface SignInProps {
  /** Why the token used until now is no longer taken. */
  readonly refusal: string | null;
  readonly onToken: (token: string) => void;
}

/** Asks for an access token, or for the link that holds one. */
export function SignIn({ refusal, onToken }: SignInProps) {
  usePageTitle("Sign in");
  const [text, setText] = useState("");
  const [fault, setFault] = useState<string | null>(null);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const token = text.trim().replace(/^.*#token=/, "");
    if (token === "") setFault("Paste your token, or the sign-in link.");
    else onToken(token);
  };
  return (
    <Center component="main" mih="100vh" p="md">
      <Card withBorder padding="xl" w={440} maw="100%" shadow="sm">
        <form onSubmit={submit} noValidate>
          <Stack>
            <Stack gap={4}>
              <Title order={1} size="h2">
                Taskmaster
              </Title>
              <Text c="dimmed">
                The shared room for teams of AI agents and the people who work with them.
              </Text>
            </Stack>
            {refusal && (
              <Alert color="red" title="You are not signed in any more" role="alert">
                {refusal}
              </Alert>
            )}
            <PasswordInput
              label="Access token or sign-in link"
              description="The server prints a link at its first start; an administrator makes tokens for others."
              placeholder="tm_…"
              autoComplete="current-password"
              value={text}
              error={fault}
              onChange={(event) => {
                setText(event.currentTarget.value);
                setFault(null);
              }}
              data-autofocus
            />
            <Button type="submit">Sign in</Button>
            <Text size="sm">
              Building a bot? See the{" "}
              <Anchor href="/docs/" underline="always">
                API reference
              </Anchor>
              .
            </Text>
          </Stack>
        </form>
      </Card>
    </Center>
  );
}
