import { useSearchParams } from "wouter";

/** What `useOpened` says while something new is being made. */
export const NEW = "new";

/**
 * What a list has open beside it, kept in the address so that a link leads there and the browser's
 * back button closes it.
 * @param name of the parameter, such as `agent` in `/agents?agent=ID`
 * @returns the id, `new`, or null; and a function that opens another one, or closes it with null
 */
export function useOpened(name: string): [string | null, (id: string | null) => void] {
  const [parameters, setParameters] = useSearchParams();
  return [parameters.get(name), (id) => setParameters(id === null ? {} : { [name]: id })];
}
