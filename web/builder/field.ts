/** An input of a form, as a person should see it; what may stand in it is the contract's business. */
export type Field = {
  readonly label: string;
  readonly help?: string;
} & (
  | {
      /**
       * `whole`: a whole number; `duration`: milliseconds, shown as seconds; `names`: a list of texts,
       * `members` of the team's members; `rule`: JSON Logic; `text_or_rule`: that, or a text;
       * `on_timeout`: skip, stop, or { retry }; `people`: user ids, found by e-mail address
       */
      readonly kind:
        | "text"
        | "whole"
        | "duration"
        | "switch"
        | "names"
        | "member"
        | "members"
        | "rule"
        | "text_or_rule"
        | "on_timeout"
        | "people";
    }
  /** Value → its meaning; without a choice the contract's own default holds, which `unset` tells. */
  | { readonly kind: "choice"; readonly options: Options; readonly unset: string }
  /** An object with a value for some of the members, by name. */
  | { readonly kind: "per_member"; readonly each: Field }
  /** An object; one that is `optional` is there or not as a whole. */
  | { readonly kind: "group"; readonly fields: Fields; readonly optional?: string }
  /** A list of objects. */
  | { readonly kind: "rows"; readonly fields: Fields; readonly one: string }
);

export type FieldKind = Field["kind"];
export type Options = Readonly<Record<string, string>>;

/** The inputs of an object: its keys in the order in which they are shown. */
export type Fields = Readonly<Record<string, Field>>;

/** An input for each key of a shape: the compiler asks for one when the contract has a new key. */
export type FieldsOf<Shape> = { readonly [Key in keyof Shape]-?: Field };

/** What every kind of input is given. */
export interface InputProps<Kind extends FieldKind = FieldKind> {
  readonly field: Field & { readonly kind: Kind };
  /** As the contract has it; undefined where there is none. */
  readonly value: unknown;
  readonly onChange: (value: unknown) => void;
  readonly path: string;
}

/** An object as a form holds it. */
export type Values = Readonly<Record<string, unknown>>;

/**
 * Puts a value into an object, or takes it out.
 * @param value undefined to take it out, so that the contract's default holds
 * @returns a new object
 */
export function put(values: Values, key: string, value: unknown): Values {
  const { [key]: _, ...others } = values;
  return value === undefined ? others : { ...values, [key]: value };
}
