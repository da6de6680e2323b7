import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { Client } from "../../client/index.ts";
import { useConnection } from "../connection.tsx";
import type { Member } from "./use_members.ts";

/**
 * The order of a team's members, and a way to change it. A new order is shown at once; the changes are
 * sent one after the other, so that the last one holds.
 * @returns `shown` in the order that is wished for; `arrange` takes agent ids; `error` of the last try
 */
export function useOrder(team_id: string, members: readonly Member[]) {
  const { client } = useConnection();
  const queries = useQueryClient();
  const [wished, setWished] = useState<readonly string[] | null>(null);
  const { mutate, error } = useMutation({
    scope: { id: `order of ${team_id}` },
    mutationFn: (order: readonly string[]) => store(client, team_id, order),
    onSettled: async (_done, _error, order) => {
      await queries.invalidateQueries();
      setWished((newest) => (newest === order ? null : newest));
    },
  });
  const placeOf = ({ agent_id, position }: Member) => {
    const place = wished?.indexOf(agent_id) ?? position;
    return place < 0 ? Number.POSITIVE_INFINITY : place;
  };
  return {
    // Of those with one position the server's order holds, as sorting is stable.
    shown: wished ? members.toSorted((a, b) => placeOf(a) - placeOf(b)) : members,
    arrange: (order: readonly string[]) => {
      setWished(order);
      mutate(order);
    },
    error,
  };
}

async function store(client: Client, team_id: string, order: readonly string[]): Promise<void> {
  const { data } = await client.command("team.list_agents", { team_id });
  const stored = new Map(data.map(({ agent_id, position }) => [agent_id, position]));
  for (const [position, agent_id] of order.entries()) {
    if (!stored.has(agent_id) || stored.get(agent_id) === position) continue;
    await client.command("team.add_agent", { team_id, agent_id, position });
  }
}
