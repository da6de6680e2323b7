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
  TextInput,
  Title,
} from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconPlus } from "@tabler/icons-react";
import { useState } from "react";
import type { User } from "../../contract/user.ts";
import { FormEnd } from "../form_end.tsx";
import { useCommandForm, useList } from "../queries.ts";
import { tell } from "../tell.ts";
import { Copyable, MakeToken } from "./make_token.tsx";

/** The people of the instance, for its administrators. */
export function People() {
  const people = useList("user.list", {});
  const [adding, { open, close }] = useDisclosure();
  const [bearer, setBearer] = useState<User | null>(null);
  return (
    <Stack component="section" gap="sm" aria-label="People">
      <Group justify="space-between">
        <Title order={2} size="h3">
          People
        </Title>
        <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={open}>
          Add a person
        </Button>
      </Group>
      <Text size="sm" c="dimmed">
        Everybody who may sign in. Somebody new needs a token from you first: it comes with a link
        that signs their browser in.
      </Text>
      {people.error && (
        <Alert color="red" title="The people could not be read">
          {people.error.message}
        </Alert>
      )}
      {people.isPending && <Skeleton height={60} aria-label="Loading" />}
      <Stack component="ul" className="plain-list" gap="xs">
        {people.data?.map((person) => (
          <li key={person.id}>
            <Card withBorder padding="sm">
              <Group justify="space-between">
                <div style={{ flex: "1 1 220px", minWidth: 0 }}>
                  <Group gap="xs">
                    <Text fw={600} className="written">
                      {person.name}
                    </Text>
                    {person.is_admin && (
                      <Badge variant="light" color="gray">
                        Administrator
                      </Badge>
                    )}
                  </Group>
                  <Text size="sm" c="dimmed" className="written">
                    {person.email}
                  </Text>
                </div>
                <Button
                  size="compact-sm"
                  variant="default"
                  aria-label={`Make a token for ${person.name}`}
                  onClick={() => setBearer(person)}
                >
                  Make a token
                </Button>
              </Group>
            </Card>
          </li>
        ))}
      </Stack>
      <Modal opened={adding} onClose={close} title="Add a person">
        <PersonForm
          onDone={(person) => {
            close();
            setBearer(person);
          }}
        />
      </Modal>
      <Modal
        opened={bearer !== null}
        onClose={() => setBearer(null)}
        title={`A token for ${bearer?.name}`}
      >
        {bearer && (
          <MakeToken bearer={{ user_id: bearer.id }} name="First sign-in" scope="full">
            {(token) => (
              <>
                <Copyable label="Sign-in link" text={`${location.origin}/#token=${token}`} />
                <Copyable label="Token" text={token} />
              </>
            )}
          </MakeToken>
        )}
      </Modal>
    </Stack>
  );
}

function PersonForm({ onDone }: { onDone: (person: User) => void }) {
  const { form, submit, pending, problem } = useCommandForm("user.create", {
    initialValues: { email: "", name: "", is_admin: false },
    toInput: (values) => values,
    onDone: (person) => {
      tell(`${person.name} is added`);
      onDone(person);
    },
  });
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        <TextInput
          label="E-mail address"
          type="email"
          required
          autoComplete="off"
          data-autofocus
          {...form.getInputProps("email")}
        />
        <TextInput label="Name" required autoComplete="off" {...form.getInputProps("name")} />
        <Switch
          label="Administrator"
          description="May add people and make tokens for them."
          {...form.getInputProps("is_admin", { type: "checkbox" })}
        />
        <FormEnd label="Add the person" problem={problem} pending={pending} />
      </Stack>
    </form>
  );
}
