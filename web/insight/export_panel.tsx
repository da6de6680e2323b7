import { Alert, Button, Group, Progress, Stack, Text } from "@mantine/core";
import { IconBraces, IconMarkdown } from "@tabler/icons-react";
import { useEffect, useRef, useState } from "react";
import { useConnection } from "../connection.tsx";
import { messageOf } from "../message_of.ts";
import { count } from "./amounts.ts";
import { type ExportFormat, exportSession } from "./export_session.ts";

interface Writing {
  readonly format: ExportFormat;
  readonly done: number;
  readonly total: number;
}

/** Saves the session as a file on this computer. */
export function ExportPanel({ session_id }: { session_id: string }) {
  const { client } = useConnection();
  const [writing, setWriting] = useState<Writing | null>(null);
  const [told, setTold] = useState<string | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const stop = useRef(new AbortController());
  useEffect(() => () => stop.current.abort(), []);

  const save = async (format: ExportFormat) => {
    stop.current = new AbortController();
    const { signal } = stop.current;
    setProblem(null);
    setTold(null);
    setWriting({ format, done: 0, total: 0 });
    try {
      let entries = 0;
      const onProgress = (done: number, total: number) => {
        entries = done;
        setWriting({ format, done, total });
      };
      const { file, name } = await exportSession(client, session_id, format, {
        signal,
        onProgress,
      });
      download(file, name);
      setTold(`Saved ${count(entries)} entries as ${name}`);
    } catch (error) {
      if (!signal.aborted) setProblem(messageOf(error));
    }
    setWriting(null);
  };

  return (
    <Stack gap="sm" align="flex-start">
      <Text size="sm" c="dimmed">
        JSON Lines is for programs: a header, then one entry a line, as{" "}
        <code>taskmaster export</code> writes it and <code>taskmaster replay</code> plays it again.
        Markdown is a transcript to read.
      </Text>
      <Group gap="sm">
        <Button
          variant="default"
          leftSection={<IconBraces size={16} aria-hidden />}
          disabled={writing !== null}
          onClick={() => void save("jsonl")}
        >
          Save as JSON Lines
        </Button>
        <Button
          variant="default"
          leftSection={<IconMarkdown size={16} aria-hidden />}
          disabled={writing !== null}
          onClick={() => void save("markdown")}
        >
          Save as Markdown
        </Button>
        {writing && (
          <Button variant="subtle" color="red" onClick={() => stop.current.abort()}>
            Cancel
          </Button>
        )}
      </Group>
      {writing && (
        <Progress
          w="100%"
          maw={420}
          value={writing.total === 0 ? 0 : (100 * writing.done) / writing.total}
          aria-label="Writing the file"
        />
      )}
      <Text size="sm" role="status">
        {writing ? `Writing… ${count(writing.done)} of ${count(writing.total)} entries` : told}
      </Text>
      {problem && (
        <Alert color="red" title="The file could not be written">
          {problem}
        </Alert>
      )}
    </Stack>
  );
}

function download(file: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  // The browser has taken it by then.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
