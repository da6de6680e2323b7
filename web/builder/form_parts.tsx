import { Badge, Code, NativeSelect, Stack, Text } from "@mantine/core";
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
