import { addAbortSignal } from "node:stream";
import { arrayBuffer } from "node:stream/consumers";
import type { Command } from "commander";
import type * as z from "zod";
import type { Client } from "../client/index.ts";
import { unlessAborted } from "../client/unless_aborted.ts";
import { type CommandName, commands, type Input, type Output } from "../contract/commands.ts";
import { refusedFields } from "../contract/errors.ts";
import { parseWhole } from "./arguments.ts";
import { addConnectionOptions, withClient } from "./connection.ts";
import { Failure } from "./exit_codes.ts";
import { argumentFor, type Field, fieldOf, keyOf, optionFor } from "./fields.ts";
import { addExamples, placeOf } from "./help.ts";
import { addJsonOption, printLine } from "./output.ts";
import { plain } from "./render.ts";
import { resolve } from "./resolve.ts";
import { everyRow, isList, type RowOf } from "./rows.ts";
import { printRecord, printRows, type Row } from "./table.ts";

type FieldName<Name extends CommandName> = keyof Input<Name> & string;

/** What people see of an output: a row of a list, or all of it. */
type Shown<Name extends CommandName> = [RowOf<Name>] extends [never] ? Output<Name> : RowOf<Name>;

/** A command that is one command of the contract: what it takes and says comes from there. */
export interface SimpleCommand<Name extends CommandName> {
  /** What is typed, such as `session list`. */
  readonly words: string;
  readonly name: Name;
  /** Without it, the contract's. */
  readonly summary?: string;
  /** Fields given as arguments, in this order. `content` is read from stdin when absent or `-`. */
  readonly arguments?: readonly FieldName<Name>[];
  /** Fields given as options; all others unless told. */
  readonly options?: readonly FieldName<Name>[];
  /** Fields whose value is always the same. */
  readonly fixed?: Partial<Input<Name>>;
  /** Makes out fields that were not given. */
  readonly complete?: (client: Client, input: Input<Name>) => Promise<Partial<Input<Name>>>;
  /** The columns that people see; all, as the contract has them, unless told. */
  readonly columns?: readonly (keyof Shown<Name> & string)[];
  /** What people see instead of columns. */
  readonly say?: (output: Output<Name>) => string;
  /** What is typed after `taskmaster`. */
  readonly examples: readonly string[];
}

type Add = (program: Command, signal: AbortSignal) => void;

/** The rows of a list that people see unless told; programs are given all. */
const ROWS = 50;

/** The first rows of a list, and whether there are more. */
interface Rows {
  readonly data: readonly Row[];
  readonly more: boolean;
}

/** Makes the function that adds a simple command to the program. */
export function simple<Name extends CommandName>(definition: SimpleCommand<Name>): Add {
  return (program, signal) => {
    const { words, name, examples } = definition;
    const declared = commands[name];
    const given = (definition.arguments ?? []).map((field) => fieldOf(declared, field));
    const options = optionNames(definition).map((field) => fieldOf(declared, field));
    const { parent, word } = placeOf(program, words);
    const command = parent.command(word).summary(lowered(definition.summary ?? declared.summary));
    command.description(`${definition.summary ?? declared.summary}. Who may: ${declared.may}.`);
    for (const field of given) command.addArgument(argumentFor(field));
    for (const field of options) command.addOption(optionFor(field));
    if (isList(name)) {
      command.option(
        "--limit <n>",
        `rows at the most; on a terminal ${ROWS} unless told`,
        parseWhole,
      );
    }
    addJsonOption(command, isList(name) ? "print JSON Lines" : "print JSON");
    addExamples(addConnectionOptions(command), ...examples);
    command.action(async (...typed: unknown[]) => {
      const values = await valuesOf(command, given, options, typed, signal);
      await withClient(command, signal, async (client) => {
        const work = answer(client, definition, values, rowsFor(command));
        await print(definition, await unlessAborted(work, signal), command, signal);
      });
    });
  };
}

function rowsFor(command: Command): number {
  const { limit, json } = command.opts<{ limit?: number; json?: true }>();
  return limit ?? (process.stdout.isTTY && !json ? ROWS : Number.POSITIVE_INFINITY);
}

type Values = readonly (readonly [field: Field, value: unknown])[];

/** What was typed for each field. */
async function valuesOf(
  command: Command,
  given: readonly Field[],
  options: readonly Field[],
  typed: readonly unknown[],
  signal: AbortSignal,
): Promise<Values> {
  const values: [Field, unknown][] = [];
  for (const [at, field] of given.entries()) {
    const isText = field.name === "content" && (typed[at] === undefined || typed[at] === "-");
    values.push([field, isText ? await readStdin(signal) : typed[at]]);
  }
  for (const field of options) values.push([field, command.getOptionValue(keyOf(field))]);
  return values.filter(([, value]) => value !== undefined);
}

async function readStdin(signal: AbortSignal): Promise<string> {
  if (process.stdin.isTTY) {
    throw new Failure(2, "there is no text: give it as an argument, or through a pipe");
  }
  // The line break at the end is the pipe's, not the text's.
  const content = decoded(await arrayBuffer(addAbortSignal(signal, process.stdin))).replace(
    /\r?\n$/,
    "",
  );
  // What was to write it has most likely failed.
  if (content === "") throw new Failure(2, "there is no text: nothing came through the pipe");
  return content;
}

/** Something else would take the place of what is not UTF-8. */
function decoded(bytes: ArrayBuffer): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new Failure(2, "the text is not UTF-8: convert it first, such as with iconv");
  }
}

/** Looks up what was called by name, checks the input, and asks the server. */
async function answer<Name extends CommandName>(
  client: Client,
  { name, fixed, complete }: SimpleCommand<Name>,
  values: Values,
  limit: number,
): Promise<Rows | Output<Name>> {
  const input: Record<string, unknown> = { ...fixed };
  for (const [field, value] of values) {
    input[field.name] = await resolved(client, field, value);
  }
  const { error } = commands[name].input.safeParse(input);
  if (error) {
    const issues = error.issues.map(({ path, message }) => ({ path: path.join("."), message }));
    throw refusedFields("what was given does not fit", issues);
  }
  if (complete) Object.assign(input, await complete(client, input as Input<Name>));
  if (!isList(name)) return client.command(name, input as Input<Name>);
  return readRows(client, name, input as Input<Name>, limit);
}

async function resolved(client: Client, { noun }: Field, value: unknown): Promise<unknown> {
  if (noun === null) return value;
  if (!Array.isArray(value)) return resolve(client, noun, String(value));
  const ids: string[] = [];
  for (const one of value) ids.push(await resolve(client, noun, String(one)));
  return ids;
}

async function readRows<Name extends CommandName>(
  client: Client,
  name: Name,
  input: Input<Name>,
  limit: number,
): Promise<Rows> {
  const data: Row[] = [];
  // One more, to know whether there are more.
  for await (const row of everyRow(client, name, input, limit + 1)) {
    if (data.length === limit) return { data, more: true };
    data.push(row as Row);
  }
  return { data, more: false };
}

async function print<Name extends CommandName>(
  { name, columns, say }: SimpleCommand<Name>,
  output: Rows | Output<Name>,
  command: Command,
  signal: AbortSignal,
): Promise<void> {
  const { json } = command.opts<{ json?: true }>();
  if (!isList(name)) {
    if (json) return printLine(JSON.stringify(output), signal);
    if (say) return printLine(plain(say(output as Output<Name>)), signal);
    return printRecord(output as Row, columns ?? columnsOf(name), signal);
  }
  const { data, more } = output as Rows;
  if (json) for (const row of data) await printLine(JSON.stringify(row), signal);
  else await printRows(data, columns ?? columnsOf(name), signal);
  if (more && process.stderr.isTTY) {
    process.stderr.write(`the ${data.length} newest; --limit ${data.length * 10} shows more\n`);
  }
}

function optionNames<Name extends CommandName>(definition: SimpleCommand<Name>): readonly string[] {
  const taken = new Set<string>([
    ...(definition.arguments ?? []),
    ...Object.keys(definition.fixed ?? {}),
    "limit",
    "cursor",
  ]);
  const all = Object.keys(commands[definition.name].input.shape);
  return definition.options ?? all.filter((field) => !taken.has(field));
}

/** All of a row's, in the order of the contract. */
function columnsOf(name: CommandName): string[] {
  const { shape } = commands[name].output as z.ZodObject;
  const { element } = (shape.data ?? {}) as { element?: z.ZodObject };
  return Object.keys((element ?? { shape }).shape);
}

function lowered(sentence: string): string {
  return sentence.charAt(0).toLowerCase() + sentence.slice(1);
}
