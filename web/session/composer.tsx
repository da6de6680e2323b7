import { Button, Group, Kbd, Paper, SegmentedControl, Text, Textarea } from "@mantine/core";
import { type FormEvent, type KeyboardEvent, useEffect, useRef } from "react";
import { uuidv7 } from "../../client/index.ts";
import type { Turn } from "../../contract/turn.ts";
import { useConnection } from "../connection.tsx";
import { useKept } from "../use_kept.ts";
import { type PostKind, useSending } from "./unsent.tsx";
import { useTimeline } from "./use_timeline.tsx";

const kinds = {
  prompt: { label: "Prompt", placeholder: "What should the team do?" },
  message: {
    label: "Message",
    placeholder: "Say something in your own name",
  },
  comment: {
    label: "Comment",
    placeholder: "A remark beside the conversation",
  },
} as const;

/** Between two tellings that one is writing. */
const TYPING_MS = 3_000;

interface ComposerProps {
  /** The turn that a message answers. */
  readonly turn: Turn | undefined;
  /** What is chosen at first. */
  readonly kind: PostKind;
  /** What there is to choose from. */
  readonly kinds: readonly PostKind[];
}

/** Where a person writes: a prompt, a message, a comment, or the answer that a turn waits for. */
export function Composer({ turn, kind: first, kinds: offered }: ComposerProps) {
  const { session_id } = useTimeline();
  const { client } = useConnection();
  const { send } = useSending("composer");
  const draftKey = `${session_id} draft`;
  const [{ kind, text }, setDraft] = useKept(draftKey, { kind: first, text: "" });
  const field = useRef<HTMLTextAreaElement>(null);
  const heard = useRef(0);

  // What somebody is writing stays what they meant it to be.
  // biome-ignore lint/correctness/useExhaustiveDependencies: only a turn that is new chooses
  useEffect(() => {
    if (turn && text === "") setDraft({ kind: "message", text });
  }, [turn?.id]);

  const submit = (event?: FormEvent) => {
    event?.preventDefault();
    if (text.trim() === "") return;
    void send({ id: uuidv7(), kind, text, sender_agent_id: turn?.agent_id });
    setDraft({ kind, text: "" });
    heard.current = 0;
    tellTyping(false);
    field.current?.focus();
  };
  const tellTyping = (typing: boolean) => {
    client.command("typing.set", { session_id, typing }).catch(() => {});
  };
  const write = (value: string) => {
    setDraft({ kind, text: value });
    if (value !== "" && Date.now() - heard.current > TYPING_MS) {
      heard.current = Date.now();
      tellTyping(true);
    }
  };
  const onKeyDown = (event: KeyboardEvent) => {
    // Safari ends a composition before the Enter that ends it, which it still marks as an input method's (229).
    const isComposing = event.nativeEvent.isComposing || event.keyCode === 229;
    if (event.key === "Enter" && !event.shiftKey && !isComposing) submit(event as never);
  };
  const { label, placeholder } = kinds[kind];
  const answering = kind === "message" && turn !== undefined;
  return (
    <Paper className="composer" component="section" aria-label="Write" p="sm" radius={0}>
      <form onSubmit={submit}>
        <Textarea
          ref={field}
          aria-label={answering ? "Your answer" : label}
          placeholder={answering ? "Your answer" : placeholder}
          autosize
          dir="auto"
          minRows={1}
          maxRows={8}
          value={text}
          onChange={(event) => write(event.currentTarget.value)}
          onKeyDown={onKeyDown}
        />
        <Group justify="space-between" mt={8} wrap="nowrap" gap={6}>
          <SegmentedControl
            size="xs"
            aria-label="What to write"
            value={kind}
            onChange={(value) => setDraft({ kind: value as PostKind, text })}
            data={offered.map((value) => ({ value, label: kinds[value].label }))}
          />
          <Group gap="xs" wrap="nowrap">
            <Text size="xs" c="dimmed" visibleFrom="sm">
              <Kbd size="xs">Enter</Kbd> sends, <Kbd size="xs">Shift Enter</Kbd> breaks the line
            </Text>
            <Button type="submit" size="xs" disabled={text.trim() === ""}>
              {answering ? "Answer" : "Send"}
            </Button>
          </Group>
        </Group>
      </form>
    </Paper>
  );
}
