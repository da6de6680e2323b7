import { Title } from "@mantine/core";

/** The agents there are, and forms to make and change them. */
export default function Agents() {
  return <Title order={1}>Agents</Title>;
}
