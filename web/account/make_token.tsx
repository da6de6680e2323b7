import {
  Alert,
  Button,
  Code,
  CopyButton,
  Group,
  NativeSelect,
  Stack,
  Text,
  TextInput,
} from "@mantine/core";
import { IconCheck, IconCopy } from "@tabler/icons-react";
import { type ReactNode, useState } from "react";
import type { AccessToken } from "../../contract/access_token.ts";
import { FormEnd } from "../form_end.tsx";
import { useCommandForm } from "../queries.ts";

/** What a token may do. */
export const scopeLabels: Readonly<Record<AccessToken["scope"], string>> = {
  write: "Read and write",
  read: "Only read",
  full: "Everything, tokens and people too",
};
const lifetimes = [
  { value: "", label: "Never" },
  { value: "7", label: "In a week" },
  { value: "30", label: "In a month" },
  { value: "365", label: "In a year" },
];
const DAY_MS = 86_400_000;

interface MakeTokenProps {
  /** Whose it is: one's own, unless told. */
  readonly bearer?: { readonly agent_id: string } | { readonly user_id: string };
  readonly name?: string;
  readonly scope?: AccessToken["scope"];
  /** What to do with the secret. */
  readonly children: (token: string) => ReactNode;
}

/** Makes a token, and shows its secret this once. */
export function MakeToken({ bearer, name = "", scope = "write", children }: MakeTokenProps) {
  const [token, setToken] = useState<string | null>(null);
  const { form, submit, pending, problem } = useCommandForm("token.create", {
    initialValues: { name, scope, expires_at: "" },
    toInput: ({ expires_at: days, ...values }) => ({
      ...bearer,
      ...values,
      expires_at: days ? new Date(Date.now() + Number(days) * DAY_MS).toISOString() : null,
    }),
    onDone: (made) => setToken(made.token),
  });
  if (token !== null) {
    return (
      <Stack>
        <Alert color="green" title="The token is made" role="status">
          Copy it now: it is not shown again.
        </Alert>
        {children(token)}
      </Stack>
    );
  }
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        <TextInput
          label="Name of the token"
          required
          description="So that you know later what it is for."
          {...form.getInputProps("name")}
        />
        <NativeSelect
          label="May"
          data={Object.entries(scopeLabels).map(([value, label]) => ({ value, label }))}
          {...form.getInputProps("scope")}
        />
        <NativeSelect label="Ends" data={lifetimes} {...form.getInputProps("expires_at")} />
        <FormEnd label="Make the token" problem={problem} pending={pending} />
      </Stack>
    </form>
  );
}

/** A text to take elsewhere, with a button that copies it. */
export function Copyable({ label, text }: { label: string; text: string }) {
  return (
    <Stack gap={4}>
      <Group justify="space-between">
        <Text size="sm" fw={500}>
          {label}
        </Text>
        <CopyButton value={text}>
          {({ copied, copy }) => (
            <Button
              size="compact-sm"
              variant="default"
              onClick={copy}
              aria-label={`Copy: ${label}`}
              leftSection={copied ? <IconCheck size={14} /> : <IconCopy size={14} />}
            >
              {copied ? "Copied" : "Copy"}
            </Button>
          )}
        </CopyButton>
      </Group>
      <Code block className="json" tabIndex={0}>
        {text}
      </Code>
    </Stack>
  );
}
