import { useQuery } from "@tanstack/react-query";
import { createContext, type ReactNode, useContext, useMemo } from "react";
import type { Output } from "../../contract/commands.ts";
import type { Entry } from "../../contract/entry.ts";
import { useConnection } from "../connection.tsx";
import { useTimeline } from "./use_timeline.tsx";

type Roster = Output<"session.get_roster">;
export type RosterAgent = Roster["agents"][number];
export type RosterUser = Roster["users"][number];

/** Somebody as the page shows them. */
export interface Speaker {
  readonly id: string;
  readonly name: string;
  /** A person, also one who speaks through an agent of theirs. */
  readonly isPerson: boolean;
  readonly role: string;
  /** One of the theme's colours; the first twelve agents have one each. */
  readonly color: string;
}

/** Who is who in a session. */
export interface Names {
  readonly agents: ReadonlyMap<string, RosterAgent>;
  readonly users: ReadonlyMap<string, RosterUser>;
  agent(agent_id: string): Speaker;
  user(user_id: string): Speaker;
  /** Who said or did it; null for what the server itself records. */
  speakerOf(entry: Entry): Speaker | null;
}

const colors = [
  "indigo",
  "teal",
  "grape",
  "orange",
  "cyan",
  "pink",
  "green",
  "violet",
  "red",
  "blue",
  "lime",
  "yellow",
];

const NamesContext = createContext<Names | null>(null);
const BelongingContext = createContext<ReadonlySet<string> | null>(null);

/** Who is who; only below NamesProvider. */
export function useNames(): Names {
  return useContext(NamesContext)!;
}

/** Ids of those who may enter the session now, so not of who left; null until they are read. */
export function useBelonging(): ReadonlySet<string> | null {
  return useContext(BelongingContext);
}

/** Reads the names of all that a session's entries mention, and hands them to its children. */
export function NamesProvider({ children }: { children: ReactNode }) {
  const { session_id, state, isFolded } = useTimeline();
  const { client } = useConnection();
  const seen = useMemo(
    () => [Object.keys(state.agents).sort(), Object.keys(state.users).sort()] as const,
    [state.agents, state.users],
  );
  const { data } = useQuery({
    // Read again when somebody was let in or taken out.
    queryKey: ["session.get_roster", session_id, ...seen, isFolded && Object.keys(state.members)],
    queryFn: async () => {
      const now = await client.command("session.get_roster", { session_id });
      const belonging = new Set([...now.agents, ...now.users].map(({ id }) => id));
      const agent_ids = unnamed(seen[0], now.agents);
      const user_ids = unnamed(seen[1], now.users);
      if (agent_ids.length + user_ids.length === 0) return { roster: now, belonging };
      const also = { agent_ids, user_ids };
      const roster = await client.command("session.get_roster", { session_id, ...also });
      return { roster, belonging };
    },
    placeholderData: (before) => before,
  });
  const names = useMemo(() => namesIn(data?.roster ?? { agents: [], users: [] }), [data]);
  return (
    <NamesContext value={names}>
      <BelongingContext value={data?.belonging ?? null}>{children}</BelongingContext>
    </NamesContext>
  );
}

/** The name under which this person votes or answers as an agent; null if they have but one voice here. */
export function useVoice(agent_id: string): string | null {
  const { me } = useConnection();
  const names = useNames();
  const own = [...names.agents.values()].filter(
    ({ type, owner_id }) => type === "user_proxy" && owner_id === me.id,
  );
  return own.length === 1 && own[0]!.id === agent_id ? null : names.agent(agent_id).name;
}

/** More than this are shown by their ids. */
const MOST_ASKED = 100;

function unnamed(ids: readonly string[], named: readonly { id: string }[]): string[] {
  const known = new Set(named.map(({ id }) => id));
  return ids.filter((id) => !known.has(id)).slice(0, MOST_ASKED);
}

/** Makes the lookups of a roster. */
export function namesIn(roster: Roster): Names {
  const agents = new Map(roster.agents.map((agent) => [agent.id, agent]));
  const users = new Map(roster.users.map((user) => [user.id, user]));
  const order = new Map([...agents.keys()].sort().map((id, place) => [id, place]));
  const colorOf = (id: string) => colors[(order.get(id) ?? hash(id)) % colors.length]!;
  const agent = (id: string): Speaker => {
    const found = agents.get(id);
    return {
      id,
      name: found?.name ?? `agent ${id.slice(-6)}`,
      isPerson: found?.type === "user_proxy",
      role: found?.role ?? "",
      color: colorOf(id),
    };
  };
  const user = (id: string): Speaker => ({
    id,
    name: users.get(id)?.name ?? `person ${id.slice(-6)}`,
    isPerson: true,
    role: "",
    color: colorOf(id),
  });
  return {
    agents,
    users,
    agent,
    user,
    speakerOf(entry) {
      switch (entry.kind) {
        case "message":
          return agent(entry.sender_agent_id);
        case "prompt":
          return user(entry.created_by);
        case "comment":
          return user(entry.user_id);
        case "log_entry":
          if (entry.agent_id !== null) return agent(entry.agent_id);
          return entry.user_id === null ? null : user(entry.user_id);
      }
    },
  };
}

function hash(id: string): number {
  return Number.parseInt(id.slice(-6), 16);
}
