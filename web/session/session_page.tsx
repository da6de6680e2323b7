import { Title } from "@mantine/core";

/** One session, live. */
export function SessionPage({ session_id }: { session_id: string }) {
  return <Title order={1}>Session {session_id}</Title>;
}
