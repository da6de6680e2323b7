import { Button, Group, Stack, Text, TextInput, Title } from "@mantine/core";
import { IconLogout } from "@tabler/icons-react";
import { useConnection } from "../connection.tsx";
import { FormEnd } from "../form_end.tsx";
import { usePageTitle } from "../page_title.ts";
import { useCommandForm, useRead } from "../queries.ts";
import { tell } from "../tell.ts";
import { People } from "./people.tsx";
import { Tokens } from "./tokens.tsx";

/** Who is signed in, their tokens, and for administrators the people of the instance. */
export function Account() {
  usePageTitle("Account");
  const { me, signOut } = useConnection();
  const isPerson = me.agent_id === null;
  return (
    <Stack p="md" maw={900} mx="auto" gap="xl">
      <Title order={1} size="h2">
        Account
      </Title>
      <Stack component="section" gap="sm" aria-label="You">
        <Title order={2} size="h3">
          You
        </Title>
        <Group>
          <Text>
            Signed in as {me.email}
            {me.is_admin && ", an administrator"}
            {!isPerson && ", with a bot's token"}.
          </Text>
          <Button
            variant="default"
            leftSection={<IconLogout size={16} aria-hidden />}
            onClick={signOut}
          >
            Sign out
          </Button>
        </Group>
        {isPerson && me.scope !== "read" && <Profile />}
      </Stack>
      {isPerson && me.scope === "full" && <Tokens />}
      {isPerson && me.scope !== "full" && (
        <Text size="sm">
          The token you signed in with does not reach to tokens: sign in with one that may do
          everything.
        </Text>
      )}
      {isPerson && me.is_admin && me.scope === "full" && <People />}
    </Stack>
  );
}

function Profile() {
  const { me } = useConnection();
  const shown = useRead("me.get", {}).data ?? me;
  const { form, submit, pending, problem } = useCommandForm("me.update", {
    initialValues: { name: shown.name },
    toInput: (values) => values,
    onDone: () => tell("Your name is saved"),
  });
  return (
    <form onSubmit={submit} noValidate>
      <Stack maw={480}>
        <TextInput label="Your name" required autoComplete="name" {...form.getInputProps("name")} />
        <FormEnd label="Save your name" problem={problem} pending={pending} />
      </Stack>
    </form>
  );
}
