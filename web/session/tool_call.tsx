import { Badge, Code, Group, Text } from "@mantine/core";
import { IconTool } from "@tabler/icons-react";
import { useState } from "react";
import type { JsonObject } from "../../contract/json.ts";

/** A tool call or its result, folded until somebody wants to see arguments and result. */
export function ToolCall({ call }: { call: JsonObject }) {
  const [open, setOpen] = useState(false);
  const { name, id: _, ...rest } = call;
  const failed = "error" in call || call.is_error === true;
  return (
    <details className="fold" open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        <Group component="span" gap={6} display="inline-flex" wrap="nowrap">
          <IconTool size={14} aria-hidden />
          <Text component="span" size="sm" ff="monospace">
            {typeof name === "string" ? name : "tool"}
          </Text>
          {"result" in call && (
            <Badge size="xs" variant="light" color={failed ? "red" : "green"}>
              {failed ? "failed" : "result"}
            </Badge>
          )}
        </Group>
      </summary>
      {open &&
        Object.entries(rest).map(([part, value]) => (
          <div key={part}>
            <Text size="xs" c="dimmed" mt={6}>
              {part}
            </Text>
            <Code block tabIndex={0} className="json">
              {pretty(value)}
            </Code>
          </div>
        ))}
    </details>
  );
}

function pretty(value: unknown): string {
  if (typeof value !== "string") return JSON.stringify(value, null, 2);
  try {
    return JSON.stringify(JSON.parse(value), null, 2);
  } catch {
    return value;
  }
}
