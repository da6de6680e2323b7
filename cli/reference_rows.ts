import type { Json, JsonObject } from "../contract/json.ts";
import { rational } from "../server/orchestration/consensus/game_theory/rational.ts";
import { type Keys, sections } from "./reference_keys.ts";

/** One key of one case, and how it came out. */
export interface Row {
  /** Such as `ballots.tennessee.plurality.tally`. */
  readonly path: string;
  /** `unknown`: the key, or the inputs that it needs. `no answer`: the file itself has none. */
  readonly status: "equal" | "DIFFERENT" | "unknown" | "no answer";
  readonly computed?: Json;
  readonly expected: Json;
}

/**
 * Computes everything that a reference file has answers for.
 * @param file sections of cases, as shared by those who gave us the answers
 * @returns a row for each answer, and for each key that is not known
 */
export function rowsOf(file: JsonObject): Row[] {
  return Object.entries(file).flatMap(([section, cases]) => {
    const keys = Object.hasOwn(sections, section) ? sections[section]! : undefined;
    if (!keys) return [{ path: section, status: "unknown" as const, expected: cases }];
    return casesOf(cases).flatMap(([name, one]) =>
      isObject(one)
        ? rowsOfCase({ one, name, path: `${section}.${name}` }, keys, one)
        : [{ path: `${section}.${name}`, status: "unknown" as const, expected: one }],
    );
  });
}

/** Cases by name; a section may also be { source, cases: [ … ] }. */
function casesOf(cases: Json): [string, Json][] {
  if (!isObject(cases)) return [["", cases]];
  if (!Array.isArray(cases.cases)) return Object.entries(cases);
  const { source: _, cases: list, ...others } = cases;
  return [...(list as Json[]).entries(), ...Object.entries(others)].map(([k, v]) => [`${k}`, v]);
}

interface Place {
  readonly one: JsonObject;
  readonly name: string;
  readonly path: string;
}

function rowsOfCase({ one, name, path }: Place, keys: Keys<never>, values: JsonObject): Row[] {
  return Object.entries(values).flatMap(([key, expected]): Row[] => {
    const found = Object.hasOwn(keys, key) ? keys[key]! : undefined;
    const here = `${path}.${key}`;
    if (found === "given") return [];
    if (typeof found === "function") {
      return [compared(here, expected, () => found(one as never, name))];
    }
    return found && isObject(expected)
      ? rowsOfCase({ one, name, path: here }, found, expected)
      : [{ path: here, status: "unknown", expected }];
  });
}

function compared(path: string, expected: Json, compute: () => Json | undefined): Row {
  let computed: Json | undefined;
  try {
    computed = compute();
  } catch (error) {
    return { path, status: "DIFFERENT", computed: `failed: ${error}`, expected };
  }
  if (computed === undefined) return { path, status: "unknown", expected };
  // How another program's failure is written down there.
  if (typeof expected === "string" && expected.startsWith("err ")) {
    return { path, status: "no answer", computed, expected };
  }
  return { path, status: isEqual(computed, expected) ? "equal" : "DIFFERENT", computed, expected };
}

/**
 * Whether two values are the same. Exact numbers may be written in different ways; one that is
 * expected as a JSON number need only be the nearest float to what was computed.
 */
export function isEqual(computed: Json, expected: Json): boolean {
  if (Array.isArray(computed) && Array.isArray(expected)) {
    return (
      computed.length === expected.length &&
      computed.every((value, position) => isEqual(value, expected[position]!))
    );
  }
  if (isObject(computed) && isObject(expected)) {
    const keys = Object.keys(computed);
    return (
      keys.length === Object.keys(expected).length &&
      keys.every((key) => Object.hasOwn(expected, key) && isEqual(computed[key]!, expected[key]!))
    );
  }
  if (!isNumber(computed) || !isNumber(expected)) return computed === expected;
  const exact = rational(computed);
  return typeof expected === "number"
    ? exact.valueOf() === expected
    : exact.equals(rational(expected));
}

const isNumber = (value: Json): value is number | string =>
  typeof value === "number" ||
  (typeof value === "string" && /^-?\d+(\.\d+|\/[1-9]\d*)?$/.test(value));

const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);
