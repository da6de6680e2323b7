import { Title } from "@mantine/core";

/** The sessions one may follow. */
export function SessionList() {
  return <Title order={1}>Sessions</Title>;
}
