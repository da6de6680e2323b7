import {
  Alert,
  Badge,
  Button,
  Code,
  Group,
  Loader,
  NativeSelect,
  Stack,
  Text,
} from "@mantine/core";
import type { JsonObject } from "../../contract/json.ts";

/** Who may use what one makes. */
export const visibilities = [
  { value: "private", label: "Only you" },
  { value: "instance", label: "Everybody on this server" },
];

/** Lets one say who may use it. */
export function VisibilitySelect(input: object) {
  return <NativeSelect label="Who may use it" data={visibilities} {...input} />;
}

interface FormEndProps {
  /** What the button does, as a verb. */
  readonly label: string;
  readonly problem: string | null;
  readonly pending: boolean;
  /** Whether there is something to save that one might forget. */
  readonly isChanged?: boolean;
  readonly onCancel?: () => void;
}

/** The end of a form: what is wrong without a field to say it beside, and its button. */
export function FormEnd({ label, problem, pending, isChanged, onCancel }: FormEndProps) {
  return (
    <>
      {problem && (
        <Alert color="red" role="alert" title="That did not work">
          {problem}
        </Alert>
      )}
      <Group justify="flex-end">
        {isChanged && <Text size="sm">Changed, and not saved yet</Text>}
        {onCancel && (
          <Button variant="default" onClick={onCancel}>
            Cancel
          </Button>
        )}
        <Button
          type="submit"
          // Not switched off meanwhile: that would take the focus away from it.
          aria-busy={pending}
          leftSection={pending && <Loader size={14} color="white" aria-hidden />}
        >
          {label}
        </Button>
      </Group>
    </>
  );
}

interface FactsProps {
  readonly about: string;
  readonly type: string;
  readonly config: JsonObject;
}

/** What somebody else's agent or tool is. */
export function Facts({ about, type, config }: FactsProps) {
  return (
    <Stack gap="sm" align="flex-start">
      <Badge variant="light" color="gray">
        {type}
      </Badge>
      <Text className="written">{about || "No description"}</Text>
      <Text size="sm" c="dimmed">
        It belongs to somebody else, who lets you use it but not change it.
      </Text>
      <Config config={config} />
    </Stack>
  );
}

/** A config, pretty-printed; it scrolls within itself. */
export function Config({ config }: { config: JsonObject }) {
  if (Object.keys(config).length === 0) return <Text size="sm">Its config is empty.</Text>;
  return (
    <Code block className="json" tabIndex={0} w="100%">
      {JSON.stringify(config, null, 2)}
    </Code>
  );
}
