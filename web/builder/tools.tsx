import { Title } from "@mantine/core";

/** The tools there are, and forms to make and change them. */
export default function Tools() {
  return <Title order={1}>Tools</Title>;
}
