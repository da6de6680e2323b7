import { Input } from "@mantine/core";
import { useOwnError } from "./field_context.ts";

/** What is wrong with something as a whole, whose inputs say for themselves what is wrong with them. */
export function OwnError({ path }: { path: string }) {
  const error = useOwnError(path);
  return error ? <Input.Error role="alert">{error}</Input.Error> : null;
}
