import { Anchor, Stack, Text, Title } from "@mantine/core";
import { Link } from "wouter";
import { usePageTitle } from "./page_title.ts";

/** What is shown where no page is. */
export function Nowhere() {
  usePageTitle("Nothing here");
  return (
    <Stack p="xl" align="flex-start">
      <Title order={1}>There is nothing here</Title>
      <Text>The address may be mistyped, or what it named is gone.</Text>
      <Anchor component={Link} href="/" underline="always">
        To the sessions
      </Anchor>
    </Stack>
  );
}
