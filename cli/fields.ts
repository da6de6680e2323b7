import { Argument, InvalidArgumentError, Option } from "commander";
import * as z from "zod";
import type { Command as ContractCommand } from "../contract/command.ts";
import { parseWhole } from "./arguments.ts";
import { type Noun, nounOf, waysToCall } from "./resolve.ts";

/** A field of a command's input, as somebody types it. */
export interface Field {
  /** Its name in the contract. */
  readonly name: string;
  /** Its name on the command line, such as `expires-at`; a reference by its noun: `agent`. */
  readonly label: string;
  readonly description: string;
  readonly required: boolean;
  /** Whether it is there or not, without a value. */
  readonly flag: boolean;
  readonly choices: readonly string[] | undefined;
  /** What its ids are of, if it holds ids. */
  readonly noun: Noun | null;
  /** The value from the text; a reference is not looked up yet. Throws InvalidArgumentError. */
  parse(text: string): unknown;
}

interface Shape {
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly anyOf?: readonly Shape[];
}

/**
 * Reads a field of a command from its declaration.
 * @param name one of `command.input`'s
 */
export function fieldOf(command: ContractCommand, name: string): Field {
  const schema = command.input.shape[name] as z.ZodType;
  const shape = shapeOf(schema);
  const noun = nounOf(name);
  const list = shape.type === "array";
  return {
    name,
    label: (noun === null ? name : name.replace(/_id(s?)$/, "$1")).replaceAll("_", "-"),
    description: describe(schema, noun, list, name),
    required: !schema.isOptional(),
    flag: shape.type === "boolean",
    choices: shape.enum,
    noun,
    parse: parserOf(shape),
  };
}

/** The argument that a field is given by. */
export function argumentFor(field: Field): Argument {
  const optional = field.name === "content" || !field.required;
  const description =
    field.name === "content" ? "the text; standard input when absent or -" : field.description;
  const argument = new Argument(optional ? `[${field.label}]` : `<${field.label}>`, description);
  if (field.choices) argument.choices(field.choices);
  else argument.argParser((text) => field.parse(text));
  return argument;
}

/** The option that a field is given by. */
export function optionFor(field: Field): Option {
  const flags = field.flag ? `--${field.label}` : `--${field.label} <${valueName(field)}>`;
  const option = new Option(flags, field.description);
  if (field.choices) option.choices(field.choices);
  else if (!field.flag) option.argParser((text) => field.parse(text));
  return option.makeOptionMandatory(field.required);
}

/** What stands for the value in the help: the last word of its name. */
function valueName(field: Field): string {
  return field.label.split("-").at(-1) ?? field.label;
}

/** The name by which commander keeps the value of its option. */
export function keyOf(field: Field): string {
  return optionFor(field).attributeName();
}

function shapeOf(schema: z.ZodType): Shape {
  const shape = z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }) as Shape;
  return shape.anyOf?.find(({ type }) => type !== "null") ?? shape;
}

function describe(schema: z.ZodType, noun: Noun | null, list: boolean, name: string): string {
  const said = schema.description ?? "";
  if (noun === null) return said || `its ${name.replaceAll("_", " ")}`;
  const called = list
    ? `${noun}s with commas between them, each ${waysToCall(noun)}`
    : `the ${noun}, ${waysToCall(noun)}`;
  return said ? `${said}; ${called}` : called;
}

function parserOf({ type }: Shape): (text: string) => unknown {
  if (type === "string") return (text) => text;
  if (type === "integer") return parseWhole;
  if (type === "array") return (text) => text.split(",").map((item) => item.trim());
  return parseJsonText;
}

function parseJsonText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new InvalidArgumentError(`It must be JSON: ${(error as Error).message}.`);
  }
}
