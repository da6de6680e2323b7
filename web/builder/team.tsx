import { Title } from "@mantine/core";

/** One team: its members, rules and mechanisms. */
export default function Team({ team_id }: { team_id: string }) {
  return <Title order={1}>Team {team_id}</Title>;
}
