import { TagsInput } from "@mantine/core";
import { useRef, useState } from "react";
import { useConnection } from "../connection.tsx";
import { messageOf } from "../message_of.ts";
import { useRead } from "../queries.ts";
import type { InputProps } from "./field.ts";
import { useError } from "./field_context.ts";

/** People, found by their e-mail address. Their ids are what is kept. */
export function PeopleField({ field, value, onChange, path }: InputProps<"people">) {
  const { client, me } = useConnection();
  const [fault, setFault] = useState<string | null>(null);
  const [names, setNames] = useState<Readonly<Record<string, string>>>({ [me.id]: me.name });
  const everybody = useRead(
    "user.list",
    { limit: 200 },
    { enabled: me.is_admin && me.scope === "full" },
  );
  const known = Object.fromEntries(everybody.data?.data.map(({ id, name }) => [id, name]) ?? []);
  const ids = Array.isArray(value) ? (value as string[]) : [];
  const error = useError(path);
  // While somebody is looked for, the rest of the form may be changed.
  const latest = useRef({ ids, onChange });
  latest.current = { ids, onChange };
  const change = async (tags: string[]) => {
    const kept = ids.filter((_, index) => tags.includes(tagOf(ids[index]!)));
    const email = tags.find((tag) => !ids.some((id) => tagOf(id) === tag));
    setFault(null);
    if (email === undefined) return onChange(kept.length > 0 ? kept : undefined);
    try {
      const { id, name } = await client.command("user.find", { email });
      setNames((names) => ({ ...names, [id]: name }));
      latest.current.onChange([...new Set([...latest.current.ids, id])]);
    } catch (error) {
      setFault(messageOf(error));
    }
  };
  const tagOf = (id: string) => known[id] ?? names[id] ?? id;
  return (
    <TagsInput
      label={field.label}
      description={field.help}
      placeholder="name@example.org"
      error={fault ?? error}
      value={ids.map(tagOf)}
      onChange={change}
      data-path={path}
    />
  );
}
