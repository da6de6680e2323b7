import { Title } from "@mantine/core";

/** The teams there are, and forms to make and change them. */
export default function Teams() {
  return <Title order={1}>Teams</Title>;
}
