import {
  Button,
  Fieldset,
  Group,
  Input,
  NativeSelect,
  SegmentedControl,
  Stack,
} from "@mantine/core";
import { IconPlus, IconTrash } from "@tabler/icons-react";
import type { Condition, SingleCondition } from "../../contract/termination.ts";
import { conditions, newCondition } from "./condition_fields.ts";
import type { Values } from "./field.ts";
import { useOwnError } from "./field_context.ts";
import { FieldInputs } from "./fields.tsx";

type Several = { all: Condition[] } | { any: Condition[] };

interface TreeProps {
  readonly condition: Condition;
  /** Gets null when it is taken away. */
  readonly onChange: (condition: Condition | null) => void;
  readonly path: string;
  /** Where it stands, for those who do not see it: `1.2` is the second within the first. */
  readonly place: string;
}

/** When a run stops: one condition, or groups of them within each other. */
export function ConditionTree(props: TreeProps) {
  const { condition } = props;
  return "all" in condition || "any" in condition ? (
    <GroupNode {...props} group={condition} />
  ) : (
    <SingleNode {...props} single={condition} />
  );
}

function membersOf(group: Several): readonly Condition[] {
  return "all" in group ? group.all : group.any;
}

function GroupNode({ group, onChange, path, place }: TreeProps & { group: Several }) {
  const key = "all" in group ? "all" : "any";
  const inner = membersOf(group);
  const set = (changed: Condition[], of: string = key) =>
    // A group of nothing is no condition.
    onChange(changed.length === 0 ? null : of === "all" ? { all: changed } : { any: changed });
  return (
    <Fieldset legend={`Group ${place}`}>
      <Stack gap="sm">
        <SegmentedControl
          aria-label={`How group ${place} holds`}
          value={key}
          onChange={(of) => set([...inner], of)}
          data={[
            { value: "any", label: "Any of these" },
            { value: "all", label: "All of these" },
          ]}
        />
        {inner.map((condition, index) => (
          <ConditionTree
            // biome-ignore lint/suspicious/noArrayIndexKey: a condition has nothing else to be known by
            key={index}
            condition={condition}
            onChange={(changed) =>
              set(changed ? inner.with(index, changed) : inner.toSpliced(index, 1))
            }
            path={`${path}.${key}.${index}`}
            place={`${place}.${index + 1}`}
          />
        ))}
        <Group gap="xs">
          <AddButton
            label={`Add a condition to group ${place}`}
            onClick={() => set([...inner, newCondition()])}
          />
          <AddButton
            label={`Add a group to group ${place}`}
            onClick={() => set([...inner, { all: [newCondition()] }])}
          />
          <RemoveButton label={`Remove group ${place}`} onClick={() => onChange(null)} />
        </Group>
        <OwnError path={path} />
      </Stack>
    </Fieldset>
  );
}

const types = Object.entries(conditions).map(([value, { label }]) => ({ value, label }));

function SingleNode({ single, onChange, path, place }: TreeProps & { single: SingleCondition }) {
  const { label, help, fields } = conditions[single.type];
  const { type, ...values } = single;
  return (
    <Fieldset legend={`Condition ${place}`}>
      <Stack gap="sm">
        <NativeSelect
          label={`Kind of condition ${place}`}
          description={help}
          value={type}
          onChange={({ currentTarget }) =>
            onChange(newCondition(currentTarget.value as SingleCondition["type"]))
          }
          data={types}
          data-path={`${path}.type`}
        />
        <FieldInputs
          fields={fields}
          values={values}
          onChange={(changed: Values) => onChange({ ...changed, type } as SingleCondition)}
          path={path}
        />
        <OwnError path={path} />
        <Group gap="xs">
          <AddButton
            label={`Combine condition ${place} with another`}
            onClick={() => onChange({ any: [single, newCondition()] })}
          />
          <RemoveButton
            label={`Remove condition ${place}: ${label}`}
            onClick={() => onChange(null)}
          />
        </Group>
      </Stack>
    </Fieldset>
  );
}

function OwnError({ path }: { path: string }) {
  const error = useOwnError(path);
  return error ? <Input.Error data-path={path}>{error}</Input.Error> : null;
}

interface ButtonProps {
  /** Says exactly what is added or removed; on the screen its beginning is enough. */
  readonly label: string;
  readonly onClick: () => void;
}

/** Adds to a tree of conditions. */
function AddButton({ label, onClick }: ButtonProps) {
  return (
    <Button
      variant="default"
      size="compact-md"
      leftSection={<IconPlus size={16} aria-hidden />}
      onClick={onClick}
    >
      {label}
    </Button>
  );
}

function RemoveButton({ label, onClick }: ButtonProps) {
  return (
    <Button
      variant="subtle"
      color="red"
      size="compact-md"
      leftSection={<IconTrash size={16} aria-hidden />}
      onClick={onClick}
    >
      {label}
    </Button>
  );
}
