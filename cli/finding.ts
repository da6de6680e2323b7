/** What a check came to. */
export interface Finding {
  readonly name: string;
  readonly status: "ok" | "warning" | "fault";
  readonly found: string;
  /** What to do about it; none if all is well. */
  readonly advice?: string;
}

/** The reason of an error in words; those of connections hide it in what caused them. */
export function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause, errors } = error as { cause?: unknown; errors?: unknown[] };
  const parent = (error as { parent?: unknown }).parent;
  const [inner] = errors ?? [parent ?? cause];
  if (inner !== undefined && inner !== error) return causeOf(inner);
  return error.message || (error as NodeJS.ErrnoException).code || error.name;
}
