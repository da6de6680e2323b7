import * as z from "zod";

/** Every way a command can be refused: its HTTP status and what the caller should understand. */
export const errors = {
  invalid_input: {
    status: 400,
    meaning: "The input does not fit the command; details name the fields",
  },
  unauthenticated: { status: 401, meaning: "No token, or one that is unknown, expired or revoked" },
  forbidden: { status: 403, meaning: "You may see this, but not do that" },
  not_found: { status: 404, meaning: "It does not exist, or you may not see it" },
  conflict: { status: 409, meaning: "It contradicts what is stored, such as a name already taken" },
  id_reused: { status: 409, meaning: "Another entry already has this id" },
  in_use: { status: 409, meaning: "Something else still refers to it, so it cannot be deleted" },
  session_closed: { status: 409, meaning: "The session is archived and accepts nothing" },
  not_your_turn: { status: 409, meaning: "Another agent holds the turn" },
  too_large: { status: 413, meaning: "The input is larger than this server accepts" },
  rate_limited: { status: 429, meaning: "Too much at once; try again after retry_after_ms" },
  internal: { status: 500, meaning: "The server failed; the request id finds it in the log" },
  unavailable: {
    status: 503,
    meaning: "A part the server needs is away; try again with the same id",
  },
} as const satisfies Record<string, { status: number; meaning: string }>;

export type ErrorCode = keyof typeof errors;

/** What one refused field looks like in `details`. */
export const Issue = z.strictObject({ path: z.string(), message: z.string() });
export type Issue = z.infer<typeof Issue>;

/** The `error` of a refused command, the same on both transports. */
export const ErrorBody = z.strictObject({
  code: z.enum(Object.keys(errors) as [ErrorCode, ...ErrorCode[]]),
  message: z.string(),
  details: z.array(Issue).optional(),
  retry_after_ms: z.int().optional(),
});
export type ErrorBody = z.infer<typeof ErrorBody>;

/** A refusal with one of the codes above: what every layer throws and both transports answer. */
export class CommandError extends Error {
  readonly code: ErrorCode;
  readonly extra: Omit<ErrorBody, "code" | "message">;

  /**
   * @param code one of the table's codes
   * @param message one sentence for a person: what was wrong and what to do
   * @param extra `details` (refused fields) or `retry_after_ms`
   */
  constructor(code: ErrorCode, message: string, extra: Omit<ErrorBody, "code" | "message"> = {}) {
    super(message);
    this.name = "CommandError";
    this.code = code;
    this.extra = extra;
  }

  /** The error as it goes over the wire. */
  toJSON(): ErrorBody {
    return { code: this.code, message: this.message, ...this.extra };
  }
}

/** As far as it matters here, what zod found. */
interface Found {
  readonly issues: readonly {
    readonly code?: string | undefined;
    readonly path: readonly PropertyKey[];
    readonly message: string;
    readonly keys?: readonly string[];
  }[];
}

/**
 * Says which fields zod found fault with, each unknown one by its own place.
 * @param error of a safeParse; none if all was well
 */
export function faultsIn(
  error: Found | undefined,
): { path: readonly PropertyKey[]; message: string }[] {
  return (error?.issues ?? []).flatMap(({ code, path, message, keys = [] }) =>
    code === "unrecognized_keys"
      ? keys.map((key) => ({ path: [...path, key], message: "there is no such field" }))
      : [{ path, message }],
  );
}

/**
 * Says where a field is, as `details` do.
 * @param path its parts
 * @returns an empty text for the whole input
 */
export function pathOf(path: readonly PropertyKey[]): string {
  // A key of the client's making may be as long as its input, and an error must stay readable.
  return path.map(String).join(".").slice(0, 200);
}

/**
 * Says where within something larger zod found its faults.
 * @param place of what was checked, such as `config`; null where it is the whole input
 * @param error of a safeParse; none if all was well
 */
export function issuesAt(place: string | null, error: Found | undefined): Issue[] {
  return faultsIn(error).map(({ path, message }) => ({
    path: pathOf(place === null ? path : [place, ...path]),
    message,
  }));
}

/** More than anybody reads. */
const MAX_ISSUES = 20;

/**
 * A refusal that names fields.
 * @param problem in words; the first of the fields is added
 * @param issues at least one
 */
export function refusedFields(problem: string, issues: readonly Issue[]): CommandError {
  const [{ path, message }] = issues as [Issue];
  const details = issues.slice(0, MAX_ISSUES);
  return new CommandError("invalid_input", `${problem}: ${path}: ${message}`, { details });
}
