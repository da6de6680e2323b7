import { type UseFormReturnType, useForm } from "@mantine/form";
import { hashKey, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { flushSync } from "react-dom";
import type { Client } from "../client/index.ts";
import { type CommandName, commands, type Input, type Output } from "../contract/commands.ts";
import { type CommandError, type Issue, issuesAt } from "../contract/errors.ts";
import { useConnection } from "./connection.tsx";
import { messageOf } from "./message_of.ts";
import "./plain_words.ts";
import { tellRefusal } from "./tell.ts";

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

/**
 * Changes something by a command; everything the page shows is read again when it is done.
 * @param options `showsError`: whether the caller shows why it was refused; else it is told
 */
export function useChange<Name extends CommandName>(name: Name, { showsError = false } = {}) {
  const { client } = useConnection();
  const queries = useQueryClient();
  return useMutation<Output<Name>, CommandError, Input<Name>>({
    mutationFn: (input) => client.command(name, input),
    onSuccess: () => queries.invalidateQueries(),
    onError: (error) => {
      if (!showsError) tellRefusal("That did not work", messageOf(error));
    },
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
 * Makes a form for a command. What is refused stands beside its field, the first of which is focused;
 * once something was refused, each change is checked at once.
 * @param name the command that the form sends
 * @param options `toInput` makes the command's input of the form's values (whose paths should be the
 *   input's, for errors to find their fields); `row`, for an update, is what is changed: only what differs from
 *   it is sent, and as long as nothing is changed here the fields show what others make of it; `together` names
 *   fields of it that the server checks together; `check` finds what the command's schema cannot know;
 *   `onDone` gets the answer
 */
export function useCommandForm<Name extends CommandName, Values extends Record<string, unknown>>(
  name: Name,
  {
    initialValues,
    toInput,
    row,
    together = [],
    check = () => [],
    onDone,
  }: {
    initialValues: Values;
    toInput: (values: Values) => Input<Name>;
    row?: object | undefined;
    together?: readonly string[];
    check?: (values: Values) => Issue[];
    onDone: (output: Output<Name>) => void;
  },
): CommandForm<Values> {
  const change = useChange(name, { showsError: true });
  const element = useRef<HTMLFormElement>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const faultsOf = (values: Values) => [...checkInput(name, toInput(values)), ...check(values)];
  const form = useForm<Values>({
    initialValues,
    clearInputErrorOnChange: false,
    validate: (values) => errorsAt(faultsOf(values)),
    onValuesChange: (values) => {
      if (Object.keys(form.errors).length > 0) form.setErrors(errorsAt(faultsOf(values)));
      setProblem(null);
    },
    enhanceGetInputProps: ({ form: { errors }, field }) => ({ error: errorAt(errors, field) }),
  });
  const read = row && hashKey([row]);
  /** The row that the fields were filled from, and what was sent since. */
  const shown = useRef({ row, read });
  const [saved, setSaved] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: only what was read anew is to be shown
  useEffect(() => {
    if (read === shown.current.read || form.isDirty()) return;
    shown.current = { row, read };
    form.setValues(initialValues);
    form.resetDirty(initialValues);
  }, [read, saved]);
  const inputOf = (values: Values) => {
    const input = toInput(values);
    return shown.current.row ? changesIn(input, shown.current.row, together) : input;
  };
  const noteSaved = (values: Values, input: Input<Name>) => {
    if (shown.current.row) shown.current.row = withChanges(shown.current.row, input);
    // What was typed since it was sent is still to be saved.
    form.resetDirty(values);
    setSaved((times) => times + 1);
  };
  const refuse = (issues: readonly Issue[]) => {
    // Drawn at once, as some inputs have a place for what is wrong only then.
    flushSync(() => form.setErrors(errorsAt(issues)));
    const fields = issues.map(({ path }) => fieldAt(element.current, path));
    const elsewhere = issues.filter((_, index) => !fields[index]);
    setProblem(elsewhere.map(({ path, message }) => `${path}: ${message}`).join("; ") || null);
    fields.find((field) => field)?.focus();
  };
  const checkAndSend = form.onSubmit(
    (values) => {
      setProblem(null);
      const input = inputOf(values);
      change.mutate(input, {
        onSuccess: (output) => {
          noteSaved(values, input);
          onDone(output);
        },
        onError: (error) => {
          const details = error.extra.details ?? [];
          if (details.length > 0) refuse(details);
          else setProblem(error.message);
        },
      });
    },
    (_, values) => refuse(faultsOf(values)),
  );
  const submit = (event?: React.FormEvent<HTMLFormElement>) => {
    event?.preventDefault();
    if (change.isPending) return;
    element.current = event?.currentTarget ?? null;
    checkAndSend(event);
  };
  return { form, submit, pending: change.isPending, problem };
}

/** An update's input without the fields that are as in the row, which others may have changed meanwhile. */
function changesIn<Fields extends object>(
  input: Fields,
  row: object,
  together: readonly string[],
): Fields {
  const before = new Map(Object.entries(row));
  const differing = Object.entries(input).filter(
    // What says which row it is has another name there.
    ([field, value]) => !before.has(field) || hashKey([value]) !== hashKey([before.get(field)]),
  );
  const changed = new Set(differing.map(([field]) => field));
  const all = together.some((field) => changed.has(field)) ? together : [];
  const sent = Object.entries(input).filter(([field]) => changed.has(field) || all.includes(field));
  return Object.fromEntries(sent) as Fields;
}

/** The row as it is after an update. */
function withChanges(row: object, input: object): object {
  const sent = new Map(Object.entries(input));
  const fields = Object.entries(row).map(([field, value]) => [
    field,
    sent.has(field) ? sent.get(field) : value,
  ]);
  return Object.fromEntries(fields);
}

/**
 * The input that shows what is wrong at a path: the one of that path, or of what holds it.
 * @param form whose inputs say their path as `data-path`, as Mantine's getInputProps does
 */
function fieldAt(form: HTMLFormElement | null, path: string): HTMLElement | undefined {
  const inputs = [...(form?.querySelectorAll<HTMLElement>("[data-path]") ?? [])];
  const found =
    inputs.find(({ dataset }) => dataset.path === path) ??
    inputs.find((input) => input.matches(TYPED) && path.startsWith(`${input.dataset.path}.`));
  return found?.matches(TYPED) ? found : (found?.querySelector<HTMLElement>(TYPED) ?? found);
}

const TYPED = "input, textarea, select, button";

/** What of an input the contract refuses. */
export function checkInput<Name extends CommandName>(name: Name, input: Input<Name>): Issue[] {
  return issuesAt(null, commands[name].input.safeParse(input).error);
}

/** Refused fields as Mantine's forms take them: path → the first thing that is wrong there. */
export function errorsAt(issues: readonly Issue[]): Record<string, string> {
  return Object.fromEntries(issues.toReversed().map(({ path, message }) => [path, message]));
}

/** What is wrong at a path or below it, for the one input that shows both; undefined if nothing. */
export function errorAt(errors: Errors, path: string): React.ReactNode {
  const key = Object.keys(errors).find((at) => at === path || at.startsWith(`${path}.`));
  return key === undefined ? undefined : errors[key];
}

/** Refused fields of a form: path → message. */
export type Errors = Readonly<Record<string, React.ReactNode>>;
