import { Group, NativeSelect, NumberInput, Switch, TagsInput, TextInput } from "@mantine/core";
import { type ReactElement, useState } from "react";
import { EachMember, FieldGroup, Rows } from "./compound_fields.tsx";
import { type FieldKind, type Fields, type InputProps, put, type Values } from "./field.ts";
import { useError, useMemberNames } from "./field_context.ts";
import { JsonField } from "./json_field.tsx";
import { PeopleField } from "./people_field.tsx";
import "./builder.css";

interface FieldInputsProps {
  readonly fields: Fields;
  /** The object that the fields make up, as the contract has it. */
  readonly values: Values;
  readonly onChange: (values: Values) => void;
  /** Where the object is in the form, for what is wrong with it to be shown here. */
  readonly path: string;
}

/** The inputs of an object, made from their descriptions. */
export function FieldInputs({ fields, values, onChange, path }: FieldInputsProps) {
  return (
    <div className="fields">
      {Object.entries(fields).map(([key, field]) => (
        <div key={key} className={wide.has(field.kind) ? "wide" : undefined}>
          <FieldInput
            field={field}
            value={values[key]}
            onChange={(value) => onChange(put(values, key, value))}
            path={`${path}.${key}`}
          />
        </div>
      ))}
    </div>
  );
}

/** The kinds of inputs that need all the room there is. */
const wide: ReadonlySet<FieldKind> = new Set(["rule", "per_member", "group", "rows"]);

/** One input, made from its description. */
export function FieldInput(props: InputProps) {
  const Input = inputs[props.field.kind] as (props: InputProps) => ReactElement;
  return <Input {...props} />;
}

const inputs: { readonly [Kind in FieldKind]: (props: InputProps<Kind>) => ReactElement } = {
  text: TextField,
  whole: (props) => <NumberField {...props} />,
  duration: (props) => <NumberField {...props} times={1000} suffix=" s" />,
  switch: SwitchField,
  choice: ChoiceField,
  names: (props) => <NamesField {...props} known={[]} />,
  members: MembersField,
  member: MemberField,
  rule: RuleField,
  text_or_rule: TextOrRuleField,
  on_timeout: OnTimeoutField,
  people: PeopleField,
  per_member: EachMember,
  group: FieldGroup,
  rows: Rows,
};

/** What Mantine's inputs take of a field. */
function useShown({ field, path }: Pick<InputProps, "field" | "path">) {
  return {
    label: field.label,
    description: field.help,
    error: useError(path),
    // So that inputs beside each other stand at one height, whichever of them has a help.
    inputWrapperOrder: ["label", "input", "description", "error"] as const satisfies string[],
    "data-path": path,
  };
}

function TextField({ value, onChange, ...about }: InputProps) {
  return (
    <TextInput
      {...useShown(about)}
      value={typeof value === "string" ? value : ""}
      onChange={({ currentTarget }) => onChange(currentTarget.value || undefined)}
    />
  );
}

interface NumberFieldProps extends InputProps {
  /** Of the contract's units that one shown unit is. */
  readonly times?: number;
  readonly suffix?: string;
}

function NumberField({ value, onChange, times = 1, suffix, ...about }: NumberFieldProps) {
  // What is being written may be no number yet, such as `1.`
  const [written, setWritten] = useState<{ shown: number | string; number?: number | undefined }>({
    shown: "",
  });
  const write = (shown: number | string) => {
    const parsed = Number.parseFloat(String(shown));
    const number = Number.isNaN(parsed) ? undefined : Math.round(parsed * times);
    setWritten({ shown, number });
    onChange(number);
  };
  const given = typeof value === "number" ? value / times : "";
  return (
    <NumberInput
      {...useShown(about)}
      value={written.number === value ? written.shown : given}
      onChange={write}
      allowDecimal={times > 1}
      decimalScale={3}
      suffix={suffix}
    />
  );
}

function SwitchField({ value, onChange, ...about }: InputProps) {
  const { inputWrapperOrder: _, ...shown } = useShown(about);
  return (
    <Switch
      {...shown}
      checked={value === true}
      onChange={({ currentTarget }) => onChange(currentTarget.checked || undefined)}
    />
  );
}

function ChoiceField({ value, onChange, ...about }: InputProps<"choice">) {
  const { options, unset } = about.field;
  return (
    <NativeSelect
      {...useShown(about)}
      value={typeof value === "string" ? value : ""}
      onChange={({ currentTarget }) => onChange(currentTarget.value || undefined)}
      data={[
        { value: "", label: unset },
        ...Object.entries(options)
          .filter(([, label]) => label !== unset)
          .map(([value, label]) => ({ value, label })),
      ]}
    />
  );
}

function MemberField({ value, onChange, ...about }: InputProps) {
  const members = useMemberNames();
  const chosen = typeof value === "string" ? value : "";
  return (
    <NativeSelect
      {...useShown(about)}
      value={chosen}
      onChange={({ currentTarget }) => onChange(currentTarget.value || undefined)}
      data={[
        { value: "", label: "Nobody chosen" },
        ...members.map((name) => ({ value: name, label: name })),
        ...(chosen && !members.includes(chosen)
          ? [{ value: chosen, label: `${chosen} (unknown here)` }]
          : []),
      ]}
    />
  );
}

interface NamesFieldProps extends InputProps {
  /** Names to choose from; others may be written. */
  readonly known: readonly string[];
}

function NamesField({ value, onChange, known, ...about }: NamesFieldProps) {
  return (
    <TagsInput
      {...useShown(about)}
      placeholder="Write a name and press Enter"
      value={Array.isArray(value) ? value : []}
      onChange={(names) => onChange(names.length > 0 ? names : undefined)}
      data={[...known]}
      acceptValueOnBlur
    />
  );
}

function MembersField(props: InputProps) {
  return <NamesField {...props} known={useMemberNames()} />;
}

function RuleField({ value, onChange, ...about }: InputProps) {
  return <JsonField {...useShown(about)} value={value} onChange={onChange} />;
}

function TextOrRuleField({ value, onChange, ...about }: InputProps) {
  return <JsonField {...useShown(about)} takesText value={value} onChange={onChange} minRows={1} />;
}

function OnTimeoutField({ value, onChange, ...about }: InputProps) {
  const often = isRetry(value) ? value.retry : null;
  const choose = (choice: string) =>
    onChange(choice === "retry" ? { retry: 1 } : choice || undefined);
  return (
    <Group align="flex-start" gap="sm">
      <NativeSelect
        {...useShown(about)}
        style={{ flex: 1 }}
        value={often === null ? String(value ?? "") : "retry"}
        onChange={({ currentTarget }) => choose(currentTarget.value)}
        data={[
          { value: "", label: "Skip it" },
          { value: "stop", label: "Stop the run" },
          { value: "retry", label: "Ask the member again" },
        ]}
      />
      {often !== null && (
        <NumberInput
          label="How often"
          value={often}
          onChange={(retry) => onChange({ retry })}
          data-path={`${about.path}.retry`}
          w={110}
        />
      )}
    </Group>
  );
}

function isRetry(value: unknown): value is { retry: number | string } {
  return typeof value === "object" && value !== null && "retry" in value;
}
