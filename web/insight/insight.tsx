import { Title } from "@mantine/core";

/** What a session took: tokens, cost, turns, and who spoke to whom. */
export default function Insight({ session_id }: { session_id: string }) {
  return <Title order={1}>Insight {session_id}</Title>;
}
