import { Alert, Anchor, Button, Group, Stack, Text } from "@mantine/core";
import { Link } from "wouter";
import type { Client } from "../../client/index.ts";
import type { Turn } from "../../contract/turn.ts";
import { useConnection } from "../connection.tsx";
import { messageOf } from "../message_of.ts";
import { tellRefusal } from "../tell.ts";
import { useKept } from "../use_kept.ts";
import { useTimeline } from "./use_timeline.tsx";

export type PostKind = "prompt" | "message" | "comment";

/** Where something is written, and shown until the server has it. */
export type Place = "composer" | "comments";

/** What somebody sends. */
export interface Post {
  readonly id: string;
  readonly kind: PostKind;
  readonly text: string;
  /** Whom a message is of; the person's own agent without it. */
  readonly sender_agent_id?: string | undefined;
}

/** A post that is not in the session yet. */
interface UnsentPost extends Post {
  /** Why it was refused; it stays until it is sent again or dropped. */
  readonly refusal: string | null;
}

const none: readonly UnsentPost[] = [];

/**
 * Sends posts that are kept until the server has them, wherever on the page one goes meanwhile.
 * @param place where they are shown, by <Unsent>; what is refused while they are not is told
 */
export function useSending(place: Place) {
  const { session_id } = useTimeline();
  const { client, kept } = useConnection();
  const key = `${session_id} unsent in ${place}`;
  const change = (to: (all: readonly UnsentPost[]) => readonly UnsentPost[]) => {
    const posts = to(kept.get(key) ?? none);
    kept.set(key, posts);
    if (posts.length > 0) kept.unsent.add(key);
    else kept.unsent.delete(key);
  };
  const drop = (id: string) => change((all) => all.filter((post) => post.id !== id));
  const send = async (post: Post) => {
    change((all) => [...all.filter(({ id }) => id !== post.id), { ...post, refusal: null }]);
    try {
      await deliver(client, session_id, post);
      drop(post.id);
    } catch (error) {
      const refused = { ...post, refusal: messageOf(error) };
      change((all) => all.map((one) => (one.id === post.id ? refused : one)));
      if (!kept.isWatched(key)) tellElsewhere(session_id, refused);
    }
  };
  return { key, send, drop };
}

function deliver(client: Client, session_id: string, post: Post): Promise<unknown> {
  const { id, kind, text: content, sender_agent_id } = post;
  const input = { session_id, id, content };
  if (kind === "prompt") return client.command("prompt.post", input);
  if (kind === "comment") return client.command("comment.post", input);
  return client.command("message.post", { ...input, ...(sender_agent_id && { sender_agent_id }) });
}

function tellElsewhere(session_id: string, { kind, text, refusal }: UnsentPost): void {
  tellRefusal(
    titleOf(kind),
    <>
      {refusal}
      <Text size="sm" my={4} className="unsent">
        {text}
      </Text>
      <Anchor component={Link} href={`/sessions/${session_id}`} size="sm" underline="always">
        To its session
      </Anchor>
    </>,
  );
}

function titleOf(kind: PostKind): string {
  return `Your ${kind} was not taken`;
}

interface UnsentProps {
  readonly place: Place;
  /** The turn that a message sent again answers. */
  readonly turn?: Turn | undefined;
}

/** What was written here and is not in the session yet, and why. */
export function Unsent({ place, turn }: UnsentProps) {
  const { key, send, drop } = useSending(place);
  const [posts] = useKept(key, none);
  if (posts.length === 0) return null;
  return (
    <Stack gap={8} px={place === "composer" ? "sm" : 0} py={4}>
      {posts.map(({ refusal, ...post }) =>
        refusal === null ? (
          <Text key={post.id} size="sm" c="dimmed" truncate role="status">
            Sending your {post.kind}: {post.text}
          </Text>
        ) : (
          <Alert key={post.id} color="red" py={6} title={titleOf(post.kind)} role="alert">
            <Text size="sm">{refusal}</Text>
            <Text size="sm" my={4} className="unsent">
              {post.text}
            </Text>
            <Group gap="xs">
              <Button
                size="compact-xs"
                variant="default"
                onClick={() =>
                  void send({ ...post, ...(turn && { sender_agent_id: turn.agent_id }) })
                }
              >
                Send again
              </Button>
              <Button size="compact-xs" variant="subtle" color="red" onClick={() => drop(post.id)}>
                Drop
              </Button>
            </Group>
          </Alert>
        ),
      )}
    </Stack>
  );
}
