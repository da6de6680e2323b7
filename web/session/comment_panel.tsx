import { Button, Group, Stack, Text, Textarea, Title } from "@mantine/core";
import type { FormEvent } from "react";
import { uuidv7 } from "../../client/index.ts";
import type { Comment } from "../../contract/comment.ts";
import { useKept } from "../use_kept.ts";
import { Face, Seq } from "./entry_row.tsx";
import { Written } from "./markdown.tsx";
import { useNames } from "./roster.tsx";
import { Unsent, useSending } from "./unsent.tsx";
import { useTimeline } from "./use_timeline.tsx";
import { When } from "./when.tsx";

/** Comments shown; older ones are in the timeline. */
const MOST = 100;

/** The comments of the session, as a thread of their own. */
export function CommentPanel({
  comments,
  mayRemark,
}: {
  comments: readonly Comment[];
  mayRemark: boolean;
}) {
  const { session_id } = useTimeline();
  const names = useNames();
  const { send } = useSending("comments");
  const [text, setText] = useKept(`${session_id} comment`, "");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (text.trim() === "") return;
    void send({ id: uuidv7(), kind: "comment", text });
    setText("");
  };
  return (
    <Stack gap="md">
      <Title order={2} size="h5">
        Comments
      </Title>
      {comments.length === 0 && (
        <Text size="sm" c="dimmed">
          Nobody has commented yet. Comments do not disturb the turns of a team.
        </Text>
      )}
      {comments.slice(-MOST).map((comment) => {
        const speaker = names.user(comment.user_id);
        return (
          <Group key={comment.seq} gap="xs" align="flex-start" wrap="nowrap">
            <Face speaker={speaker} size={26} />
            <div style={{ minWidth: 0 }}>
              <Text size="xs" c="dimmed">
                <strong>{speaker.name}</strong> <When at={comment.created_at} />{" "}
                <Seq seq={comment.seq} />
              </Text>
              <Written text={comment.content} />
            </div>
          </Group>
        );
      })}
      <Unsent place="comments" />
      {mayRemark && (
        <form onSubmit={submit}>
          <Textarea
            label="Add a comment"
            autosize
            dir="auto"
            minRows={2}
            maxRows={6}
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
          />
          <Button type="submit" size="xs" mt={6} variant="light" disabled={text.trim() === ""}>
            Comment
          </Button>
        </form>
      )}
    </Stack>
  );
}
