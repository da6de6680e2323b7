import { Title } from "@mantine/core";

/** Who is signed in, and their tokens. */
export function Account() {
  return <Title order={1}>Account</Title>;
}
