import { type UseFormReturnType, useForm } from "@mantine/form";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { Client } from "../client/index.ts";
import { type CommandName, commands, type Input, type Output } from "../contract/commands.ts";
import { CommandError, type Issue } from "../contract/errors.ts";
import { useConnection } from "./connection.tsx";

/**
 * Reads by a command, and reads again after every change made on this page.
 * @param name a command that changes nothing
 * @param options `every`: milliseconds between looks for what others changed; `enabled`: false to wait
 */
export function useRead<Name extends CommandName>(
  name: Name,
  input: Input<Name>,
  { every, enabled }: { every?: number; enabled?: boolean } = {},
) {
  const { client } = useConnection();
  return useQuery<Output<Name>, CommandError>({
    queryKey: [name, input],
    queryFn: () => client.command(name, input),
    ...(every !== undefined && { refetchInterval: every }),
    ...(enabled !== undefined && { enabled }),
  });
}

type ListName = {
  [Name in CommandName]: Output<Name> extends { data: unknown[]; next: string | null }
    ? Name
    : never;
}[CommandName];
type Row<Name extends ListName> = Output<Name> extends { data: (infer One)[] } ? One : never;

/** Rows of a list that a page shows at most; who has more searches. */
const MOST_ROWS = 2_000;

/** Reads every page of a list, newest first, up to MOST_ROWS rows. */
export function useList<Name extends ListName>(
  name: Name,
  input: Omit<Input<Name>, "limit" | "cursor">,
  { every, enabled }: { every?: number; enabled?: boolean } = {},
) {
  const { client } = useConnection();
  return useQuery<Row<Name>[], CommandError>({
    queryKey: [name, "all", input],
    queryFn: () => readAll(client, name, input),
    ...(every !== undefined && { refetchInterval: every }),
    ...(enabled !== undefined && { enabled }),
  });
}

async function readAll<Name extends ListName>(
  client: Client,
  name: Name,
  input: object,
): Promise<Row<Name>[]> {
  const rows: Row<Name>[] = [];
  const paged = "cursor" in commands[name].input.shape;
  let cursor: string | null = null;
  do {
    const page = { ...input, ...(paged && { limit: 200 }), ...(cursor !== null && { cursor }) };
    const { data, next } = (await client.command(name, page as Input<Name>)) as {
      data: Row<Name>[];
      next: string | null;
    };
    for (const row of data) rows.push(row);
    cursor = next;
  } while (cursor !== null && rows.length < MOST_ROWS);
  return rows;
}

/** Changes something by a command; everything the page shows is read again when it is done. */
export function useChange<Name extends CommandName>(name: Name) {
  const { client } = useConnection();
  const queries = useQueryClient();
  return useMutation<Output<Name>, CommandError, Input<Name>>({
    mutationFn: (input) => client.command(name, input),
    onSuccess: () => queries.invalidateQueries(),
  });
}

/** A form whose fields are checked by the command's own schema, here and at the server. */
export interface CommandForm<Values> {
  readonly form: UseFormReturnType<Values>;
  /** For the form element's onSubmit. */
  readonly submit: (event?: React.FormEvent<HTMLFormElement>) => void;
  readonly pending: boolean;
  /** What was refused without a field of this form to show it beside. */
  readonly problem: string | null;
}

/**
 * Makes a form for a command.
 * @param name the command that the form sends
 * @param options `toInput` makes the command's input of the form's values (whose paths should be the
 *   input's, for errors to find their fields); `onDone` gets the answer
 */
export function useCommandForm<Name extends CommandName, Values extends Record<string, unknown>>(
  name: Name,
  {
    initialValues,
    toInput,
    onDone,
  }: {
    initialValues: Values;
    toInput: (values: Values) => Input<Name>;
    onDone: (output: Output<Name>) => void;
  },
): CommandForm<Values> {
  const change = useChange(name);
  const form = useForm<Values>({
    initialValues,
    validate: (values) => errorsAt(checkInput(name, toInput(values))),
  });
  const submit = form.onSubmit((values) => {
    change.mutate(toInput(values), {
      onSuccess: onDone,
      onError: (error) => form.setErrors(errorsAt(error.extra.details ?? [])),
    });
  });
  const refusal = change.error;
  const shown = refusal?.extra.details?.some(
    ({ path }) => form.getInputProps(path).value !== undefined,
  );
  return {
    form,
    submit,
    pending: change.isPending,
    problem: refusal && !shown ? refusal.message : null,
  };
}

/** What of an input the contract refuses. */
export function checkInput<Name extends CommandName>(name: Name, input: Input<Name>): Issue[] {
  const { error } = commands[name].input.safeParse(input);
  return (error?.issues ?? []).map(({ path, message }) => ({ path: path.join("."), message }));
}

/** Refused fields as Mantine's forms take them: path → message. */
export function errorsAt(issues: readonly Issue[]): Record<string, string> {
  return Object.fromEntries(issues.map(({ path, message }) => [path, message]));
}

/** What to tell a person of an error. */
export function messageOf(error: unknown): string {
  return error instanceof CommandError ? error.message : String(error);
}
