import {
  Alert,
  Badge,
  Button,
  Card,
  Group,
  SegmentedControl,
  SimpleGrid,
  Skeleton,
  Stack,
  Text,
  TextInput,
  Title,
} from "@mantine/core";
import { IconPlus, IconSearch } from "@tabler/icons-react";
import { type ReactNode, useState } from "react";
import { Link } from "wouter";
import type { CommandError } from "../../contract/errors.ts";
import { useConnection } from "../connection.tsx";
import { usePageTitle } from "../page_title.ts";
import { useMayMake } from "./use_may.ts";

/** What a catalogue shows of an agent, team or tool. */
export interface Item {
  readonly id: string;
  readonly name: string;
  readonly about: string;
  /** Its type, in words. */
  readonly type: string;
  readonly owner_id: string;
  readonly visibility: "private" | "instance";
  readonly href: string;
}

interface CatalogueProps {
  /** Such as `Agents`. */
  readonly title: string;
  /** Such as `agent`. */
  readonly one: string;
  /** What they are for, shown while there is none. */
  readonly purpose: string;
  /** Undefined until they are read. */
  readonly items: readonly Item[] | undefined;
  readonly error: CommandError | null;
  readonly onNew: () => void;
  /** What is opened beside the list. */
  readonly children: ReactNode;
}

/** A list of agents, teams or tools to search, from which one opens or makes one. */
export function Catalogue({ title, one, purpose, items, error, onNew, children }: CatalogueProps) {
  usePageTitle(title);
  const { me } = useConnection();
  const mayMake = useMayMake();
  const [text, setText] = useState("");
  const [whose, setWhose] = useState("all");
  const word = text.trim().toLowerCase();
  const fits = ({ name, about, owner_id }: Item) =>
    `${name}\n${about}`.toLowerCase().includes(word) &&
    (whose === "all" || (owner_id === me.id) === (whose === "own"));
  const shown = items?.filter(fits);
  return (
    <Stack p="md" maw={1200} mx="auto">
      <Group justify="space-between">
        <Title order={1} size="h2">
          {title}
        </Title>
        {mayMake && (
          <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={onNew}>
            New {one}
          </Button>
        )}
      </Group>
      <Group>
        <TextInput
          aria-label={`Search ${title.toLowerCase()}`}
          placeholder="Search"
          leftSection={<IconSearch size={16} aria-hidden />}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          style={{ flex: 1 }}
          miw={180}
        />
        <SegmentedControl
          aria-label="Whose"
          value={whose}
          onChange={setWhose}
          data={[
            { value: "all", label: "All" },
            { value: "own", label: "Yours" },
            { value: "shared", label: "Shared with you" },
          ]}
        />
      </Group>
      {error && (
        <Alert color="red" title={`The ${title.toLowerCase()} could not be read`}>
          {error.message}
        </Alert>
      )}
      {!items && !error && <Skeleton height={90} aria-label="Loading" />}
      {shown?.length === 0 && (
        <Stack align="center" p="xl" gap={4}>
          <Text fw={600}>{items?.length ? `No ${one} fits` : `There is no ${one} yet`}</Text>
          <Text c="dimmed" ta="center" maw={520}>
            {items?.length ? "Try another word, or show all." : purpose}
          </Text>
        </Stack>
      )}
      <SimpleGrid component="ul" className="plain-list" cols={{ base: 1, sm: 2, lg: 3 }}>
        {shown?.map((item) => (
          <li key={item.id}>
            <ItemCard item={item} isOwn={item.owner_id === me.id} />
          </li>
        ))}
      </SimpleGrid>
      {children}
    </Stack>
  );
}

function ItemCard({ item, isOwn }: { item: Item; isOwn: boolean }) {
  return (
    <Card
      component={Link}
      href={item.href}
      withBorder
      padding="md"
      h="100%"
      className="session-card"
    >
      <Group justify="space-between" wrap="nowrap" align="flex-start">
        <Text fw={600} truncate>
          {item.name}
        </Text>
        <Badge variant="light" color="gray" style={{ flexShrink: 0 }}>
          {item.type}
        </Badge>
      </Group>
      <Text size="sm" c="dimmed" lineClamp={2} mt={4}>
        {item.about || "No description"}
      </Text>
      {(!isOwn || item.visibility === "instance") && (
        <Text size="xs" mt="xs" fw={500}>
          {isOwn ? "Shared with everybody here" : "Shared with you"}
        </Text>
      )}
    </Card>
  );
}
