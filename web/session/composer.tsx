import {
  Alert,
  Button,
  Group,
  Kbd,
  Paper,
  SegmentedControl,
  Stack,
  Text,
  Textarea,
} from "@mantine/core";
import { type FormEvent, type KeyboardEvent, useEffect, useRef, useState } from "react";
import { uuidv7 } from "../../client/index.ts";
import type { Turn } from "../../contract/turn.ts";
import { useConnection } from "../connection.tsx";
import { messageOf } from "../message_of.ts";
import { useChange } from "../queries.ts";
import { useTimeline } from "./use_timeline.tsx";

type Kind = "prompt" | "message" | "comment";

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

interface Sending {
  readonly id: string;
  readonly kind: Kind;
  readonly text: string;
  /** Why it was refused; it stays until it is sent again or dropped. */
  readonly refusal: string | null;
}

const TYPING_MS = 3_000;

interface ComposerProps {
  /** Turns that this person may answer by speaking. */
  readonly turns: readonly Turn[];
  /** What is chosen at first. */
  readonly kind: Kind;
}

/** Where a person writes: a prompt, a message, a comment, or the answer that a turn waits for. */
export function Composer({ turns, kind: first }: ComposerProps) {
  const { session_id } = useTimeline();
  const { client } = useConnection();
  const [kind, setKind] = useState<Kind>(first);
  const [text, setText] = useState("");
  const [sending, setSending] = useState<readonly Sending[]>([]);
  const field = useRef<HTMLTextAreaElement>(null);
  const heard = useRef(0);
  const turn = turns[0];
  const pass = useChange("turn.pass");

  useEffect(() => {
    if (turn) setKind("message");
  }, [turn]);

  const deliver = async (post: Sending) => {
    setSending((all) => [...all.filter(({ id }) => id !== post.id), { ...post, refusal: null }]);
    try {
      await postAs(post);
      setSending((all) => all.filter(({ id }) => id !== post.id));
    } catch (error) {
      const refused = { ...post, refusal: messageOf(error) };
      setSending((all) => all.map((one) => (one.id === post.id ? refused : one)));
    }
  };
  const postAs = ({ id, kind, text: content }: Sending) => {
    const post = { session_id, id, content };
    if (kind === "prompt") return client.command("prompt.post", post);
    if (kind === "comment") return client.command("comment.post", post);
    const as = turn ? { sender_agent_id: turn.agent_id } : {};
    return client.command("message.post", { ...post, ...as });
  };
  const submit = (event?: FormEvent) => {
    event?.preventDefault();
    if (text.trim() === "") return;
    void deliver({ id: uuidv7(), kind, text, refusal: null });
    setText("");
    heard.current = 0;
    tellTyping(false);
    field.current?.focus();
  };
  const tellTyping = (typing: boolean) => {
    client.command("typing.set", { session_id, typing }).catch(() => {});
  };
  const write = (value: string) => {
    setText(value);
    if (value !== "" && Date.now() - heard.current > TYPING_MS) {
      heard.current = Date.now();
      tellTyping(true);
    }
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Enter" && !event.shiftKey && !event.nativeEvent.isComposing)
      submit(event as never);
  };
  const { label, placeholder } = kinds[kind];
  const answering = kind === "message" && turn !== undefined;
  return (
    <Paper className="composer" component="section" aria-label="Write" p="sm" radius={0}>
      <Stack gap={8}>
        {sending.map((post) => (
          <Waiting
            key={post.id}
            post={post}
            onAgain={() => void deliver(post)}
            onDrop={() => setSending((all) => all.filter(({ id }) => id !== post.id))}
          />
        ))}
        {turn && (
          <Alert color="indigo" py={6} title="It is your turn" role="status">
            <Group justify="space-between">
              <Text size="sm">{turn.task ?? "The team waits for your answer."}</Text>
              <Button
                size="compact-sm"
                variant="default"
                loading={pass.isPending}
                onClick={() => pass.mutate({ session_id, turn_id: turn.id })}
              >
                Pass
              </Button>
            </Group>
          </Alert>
        )}
        <form onSubmit={submit}>
          <Textarea
            ref={field}
            aria-label={answering ? "Your answer" : label}
            placeholder={answering ? "Your answer" : placeholder}
            autosize
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
              onChange={(value) => setKind(value as Kind)}
              data={Object.entries(kinds).map(([value, { label }]) => ({ value, label }))}
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
      </Stack>
    </Paper>
  );
}

interface WaitingProps {
  readonly post: Sending;
  readonly onAgain: () => void;
  readonly onDrop: () => void;
}

function Waiting({ post: { kind, text, refusal }, onAgain, onDrop }: WaitingProps) {
  if (refusal === null) {
    return (
      <Text size="sm" c="dimmed" truncate role="status">
        Sending your {kind}: {text}
      </Text>
    );
  }
  return (
    <Alert color="red" py={6} title={`Your ${kind} was not taken`} role="alert">
      <Text size="sm">{refusal}</Text>
      <Text size="sm" lineClamp={3} my={4}>
        {text}
      </Text>
      <Group gap="xs">
        <Button size="compact-xs" variant="default" onClick={onAgain}>
          Send again
        </Button>
        <Button size="compact-xs" variant="subtle" color="red" onClick={onDrop}>
          Drop
        </Button>
      </Group>
    </Alert>
  );
}
