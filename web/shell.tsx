import {
  ActionIcon,
  Anchor,
  AppShell,
  Avatar,
  Badge,
  Burger,
  Group,
  Menu,
  NavLink,
  Text,
  useComputedColorScheme,
  useMantineColorScheme,
} from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import {
  IconLogout,
  IconMessages,
  IconMoon,
  IconRobot,
  IconSun,
  IconTool,
  IconUser,
  IconUsersGroup,
} from "@tabler/icons-react";
import type { ReactNode } from "react";
import { Link, useLocation } from "wouter";
import { useConnection } from "./connection.tsx";
import { useRead } from "./queries.ts";

const places = [
  { href: "/", label: "Sessions", icon: IconMessages, under: /^\/($|sessions)/ },
  { href: "/teams", label: "Teams", icon: IconUsersGroup, under: /^\/teams/ },
  { href: "/agents", label: "Agents", icon: IconRobot, under: /^\/agents/ },
  { href: "/tools", label: "Tools", icon: IconTool, under: /^\/tools/ },
];

/** The frame of every page: where one is, where one can go, and whether the server is reached. */
export function Shell({ children }: { children: ReactNode }) {
  const [opened, { toggle, close }] = useDisclosure();
  const [location] = useLocation();
  const waiting = useRead("me.list_turns", {}, { every: 5_000 }).data?.data.length ?? 0;
  return (
    <AppShell
      header={{ height: 52 }}
      navbar={{ width: 190, breakpoint: "sm", collapsed: { mobile: !opened } }}
    >
      <AppShell.Header>
        <Group h="100%" px="md" justify="space-between" wrap="nowrap">
          <Group gap="sm" wrap="nowrap">
            <Burger
              opened={opened}
              onClick={toggle}
              hiddenFrom="sm"
              size="sm"
              aria-label={opened ? "Close the menu" : "Open the menu"}
            />
            <Anchor component={Link} href="/" c="inherit" underline="never">
              <Group gap="xs" wrap="nowrap">
                <img src="/icon.svg" alt="" width={26} height={26} />
                <Text fw={700}>Taskmaster</Text>
              </Group>
            </Anchor>
          </Group>
          <Group gap="xs" wrap="nowrap">
            <Reached />
            <ThemeSwitch />
            <Person />
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="xs">
        <nav aria-label="Main">
          {places.map(({ href, label, icon: Icon, under }) => (
            <NavLink
              key={href}
              component={Link}
              href={href}
              label={label}
              leftSection={<Icon size={18} aria-hidden />}
              active={under.test(location)}
              aria-current={under.test(location) ? "page" : undefined}
              onClick={close}
              rightSection={
                href === "/" && waiting > 0 ? (
                  <Badge size="sm" title={`${waiting} turns wait for you`}>
                    {waiting}
                  </Badge>
                ) : undefined
              }
            />
          ))}
          <NavLink component="a" href="/docs/" label="API reference" />
        </nav>
      </AppShell.Navbar>
      <AppShell.Main component="main">{children}</AppShell.Main>
    </AppShell>
  );
}

function Reached() {
  const { online } = useConnection();
  return (
    <div role="status">
      {!online && (
        <Badge color="yellow" variant="light">
          Offline, retrying
        </Badge>
      )}
    </div>
  );
}

function ThemeSwitch() {
  const { setColorScheme } = useMantineColorScheme();
  const scheme = useComputedColorScheme("light");
  const other = scheme === "light" ? "dark" : "light";
  return (
    <ActionIcon
      variant="subtle"
      color="gray"
      aria-label={`Switch to the ${other} theme`}
      onClick={() => setColorScheme(other)}
    >
      {scheme === "light" ? <IconMoon size={18} /> : <IconSun size={18} />}
    </ActionIcon>
  );
}

function Person() {
  const { me: signedIn, signOut } = useConnection();
  const me = useRead("me.get", {}).data ?? signedIn;
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon
          variant="subtle"
          color="gray"
          radius="xl"
          size="lg"
          aria-label={`Account of ${me.name}`}
        >
          <Avatar size={30} color="indigo" variant="filled" alt="" />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          {me.name} ({me.email})
        </Menu.Label>
        <Menu.Item component={Link} href="/account" leftSection={<IconUser size={16} />}>
          Account and tokens
        </Menu.Item>
        <Menu.Item leftSection={<IconLogout size={16} />} onClick={signOut}>
          Sign out
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
