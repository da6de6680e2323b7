import { createContext, useContext } from "react";
import { type Errors, errorAt } from "../queries.ts";

interface FieldContext {
  /** What is wrong in the form: path → message. */
  readonly errors: Errors;
  /** The names of the team's members, or the id of those who share a name. */
  readonly members: readonly string[];
}

const Context = createContext<FieldContext>({ errors: {}, members: [] });

/** Tells the fields below it of the form they are in. */
export const FieldProvider = Context;

/** The names by which the members of the team may be chosen. */
export function useMemberNames(): readonly string[] {
  return useContext(Context).members;
}

/** What is wrong at a path, or below it. */
export function useError(path: string): React.ReactNode {
  return errorAt(useContext(Context).errors, path);
}

/** What is wrong at a path itself, where what is below it has inputs of its own. */
export function useOwnError(path: string): React.ReactNode {
  return useContext(Context).errors[path];
}
