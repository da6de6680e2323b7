import { Button, Fieldset, Group, Input, Stack, Switch } from "@mantine/core";
import { IconPlus, IconTrash } from "@tabler/icons-react";
import { useState } from "react";
import { type Field, type InputProps, put, type Values } from "./field.ts";
import { useMemberNames } from "./field_context.ts";
import { FieldInput, FieldInputs } from "./fields.tsx";
import { OwnError } from "./own_error.tsx";
import { stayNear } from "./stay_near.ts";

/** An object within the object: always there, or switched on and off as a whole. */
export function FieldGroup({ field, value, onChange, path }: InputProps<"group">) {
  const inputs = (
    <FieldInputs
      fields={field.fields}
      values={(value ?? {}) as Values}
      onChange={(values) => onChange(isEmpty(values) && !field.optional ? undefined : values)}
      path={path}
    />
  );
  return (
    <Fieldset legend={field.label} data-path={path}>
      <Stack gap="sm">
        {field.optional && (
          <Switch
            label={field.optional}
            checked={value !== undefined}
            onChange={({ currentTarget }) => onChange(currentTarget.checked ? {} : undefined)}
          />
        )}
        {(!field.optional || value !== undefined) && inputs}
      </Stack>
      <OwnError path={path} />
    </Fieldset>
  );
}

/** A value for each member of the team; names that are not in it any more can be cleared. */
export function EachMember({ field, value, onChange, path }: InputProps<"per_member">) {
  const values = (value ?? {}) as Values;
  const names = [...new Set([...useMemberNames(), ...Object.keys(values)])];
  // Whole groups for everybody would hide what comes after them.
  const [isOpen] = useState(value !== undefined || field.each.kind !== "group");
  const set = (name: string, one: unknown) => {
    const changed = put(values, name, one);
    onChange(isEmpty(changed) ? undefined : changed);
  };
  return (
    <Fieldset legend={field.label} data-path={path}>
      <Stack gap="sm">
        {field.help && <Input.Description>{field.help}</Input.Description>}
        {names.length === 0 ? (
          <Input.Description>Add members to the team first.</Input.Description>
        ) : (
          <details className="fold" open={isOpen}>
            <summary>{names.length === 1 ? "One member" : `${names.length} members`}</summary>
            <div className="fields">
              {names.map((name) => (
                <FieldInput
                  key={name}
                  field={labelled(field.each, name)}
                  value={values[name]}
                  onChange={(one) => set(name, one)}
                  path={`${path}.${name}`}
                />
              ))}
            </div>
          </details>
        )}
      </Stack>
      <OwnError path={path} />
    </Fieldset>
  );
}

function labelled(field: Field, name: string): Field {
  return { ...field, label: field.kind === "group" ? name : `${name}: ${field.label}` };
}

/** A list of objects, to which one adds and from which one takes. */
export function Rows({ field, value, onChange, path }: InputProps<"rows">) {
  const rows = Array.isArray(value) ? (value as Values[]) : [];
  const set = (changed: Values[]) => onChange(changed.length > 0 ? changed : undefined);
  return (
    <Fieldset legend={field.label} tabIndex={-1} data-path={path}>
      <Stack gap="sm">
        {field.help && <Input.Description>{field.help}</Input.Description>}
        {rows.map((row, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a row has nothing else to be known by
          <Fieldset key={index} legend={`${capital(field.one)} ${index + 1}`} tabIndex={-1}>
            <FieldInputs
              fields={field.fields}
              values={row}
              onChange={(changed) => set(rows.with(index, changed))}
              path={`${path}.${index}`}
            />
            <Button
              mt="sm"
              variant="subtle"
              color="red"
              size="compact-sm"
              leftSection={<IconTrash size={16} aria-hidden />}
              onClick={(event) =>
                stayNear(event.currentTarget, () => set(rows.toSpliced(index, 1)))
              }
            >
              Remove {field.one} {index + 1}
            </Button>
          </Fieldset>
        ))}
        <Group>
          <Button
            variant="default"
            leftSection={<IconPlus size={16} aria-hidden />}
            onClick={() => set([...rows, {}])}
          >
            Add an {field.one}
          </Button>
        </Group>
      </Stack>
      <OwnError path={path} />
    </Fieldset>
  );
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

function isEmpty(values: Values): boolean {
  return Object.keys(values).length === 0;
}
