import { type CommandName, commands, type Input, type Output } from "../contract/commands.ts";
import type { CommandOptions } from "./connection.ts";

type Noun = CommandName extends infer Name
  ? Name extends `${infer Before}.${string}`
    ? Before
    : never
  : never;

/** Issues one command; see Connection.command. */
type Method<Name extends CommandName> = (
  input: Input<Name>,
  options?: CommandOptions,
) => Promise<Output<Name>>;

/** Every command as a method of its noun: `message.post` is `message: { post(input) }`. */
export type Nouns = {
  readonly [Before in Noun]: {
    readonly [Name in CommandName as Name extends `${Before}.${infer Verb}`
      ? Verb
      : never]: Method<Name>;
  };
};

/**
 * Makes the methods.
 * @param command issues a command by its name
 */
export function nounsOf(
  command: (name: CommandName, input: never, options?: CommandOptions) => Promise<unknown>,
): Nouns {
  const nouns: Record<string, Record<string, unknown>> = {};
  for (const name of Object.keys(commands) as CommandName[]) {
    const [noun, verb] = name.split(".") as [string, string];
    nouns[noun] ??= {};
    nouns[noun][verb] = (input: never, options?: CommandOptions) => command(name, input, options);
  }
  return nouns as unknown as Nouns;
}
