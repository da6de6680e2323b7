import {
  ActionIcon,
  Button,
  Group,
  NativeSelect,
  Paper,
  SegmentedControl,
  Stack,
} from "@mantine/core";
import { IconPlus, IconTrash } from "@tabler/icons-react";
import type { Condition, SingleCondition } from "../../contract/termination.ts";
import { conditions, newCondition } from "./condition_fields.ts";
import type { Values } from "./field.ts";
import { FieldInputs } from "./fields.tsx";
import { OwnError } from "./own_error.tsx";
import { stayNear } from "./stay_near.ts";

type Several = { all: Condition[] } | { any: Condition[] };

interface TreeProps {
  readonly condition: Condition;
  /** Gets null when it is taken away. */
  readonly onChange: (condition: Condition | null) => void;
  readonly path: string;
  /** Where it stands: `1.2` is the second within the first. */
  readonly place: string;
}

/** When a run stops: one condition, or groups of them within each other. */
export function ConditionTree(props: TreeProps) {
  const { condition } = props;
  return "all" in condition || "any" in condition ? (
    <SeveralNode {...props} several={condition} />
  ) : (
    <SingleNode {...props} single={condition} />
  );
}

function SeveralNode({ several, onChange, path, place }: TreeProps & { several: Several }) {
  const key = "all" in several ? "all" : "any";
  const inner = "all" in several ? several.all : several.any;
  const set = (changed: Condition[], of: string = key) =>
    // A group of nothing is no condition.
    onChange(changed.length === 0 ? null : of === "all" ? { all: changed } : { any: changed });
  return (
    <Paper
      withBorder
      p="sm"
      role="group"
      tabIndex={-1}
      aria-label={`Group ${place}`}
      data-path={path}
    >
      <Stack gap="sm">
        <Group justify="space-between">
          <SegmentedControl
            aria-label={`How group ${place} holds`}
            value={key}
            onChange={(of) => set([...inner], of)}
            data={[
              { value: "any", label: "Any of these" },
              { value: "all", label: "All of these" },
            ]}
          />
          <RemoveButton label={`Remove group ${place}`} onClick={() => onChange(null)} />
        </Group>
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
            label="Add a condition"
            to={`to group ${place}`}
            onClick={() => set([...inner, newCondition()])}
          />
          <AddButton
            label="Add a group"
            to={`to group ${place}`}
            onClick={() => set([...inner, { all: [newCondition()] }])}
          />
        </Group>
        <OwnError path={path} />
      </Stack>
    </Paper>
  );
}

const types = Object.entries(conditions).map(([value, { label }]) => ({ value, label }));

function SingleNode({ single, onChange, path, place }: TreeProps & { single: SingleCondition }) {
  const { help, fields } = conditions[single.type];
  const { type, ...values } = single;
  const isRoot = !place.includes(".");
  return (
    <Paper
      withBorder
      p="sm"
      role="group"
      tabIndex={-1}
      aria-label={`Condition ${place}`}
      data-path={path}
    >
      <Stack gap="sm">
        <Group align="flex-end" wrap="nowrap">
          <NativeSelect
            label={`Condition ${place}`}
            description={help}
            value={type}
            onChange={({ currentTarget }) =>
              onChange(newCondition(currentTarget.value as SingleCondition["type"]))
            }
            data={types}
            data-path={`${path}.type`}
            style={{ flex: 1 }}
          />
          <RemoveButton label={`Remove condition ${place}`} onClick={() => onChange(null)} />
        </Group>
        <FieldInputs
          fields={fields}
          values={values}
          onChange={(changed: Values) => onChange({ ...changed, type } as SingleCondition)}
          path={path}
        />
        <OwnError path={path} />
        {isRoot && (
          <Group>
            <AddButton
              label="Combine it with another condition"
              onClick={() => onChange({ any: [single, newCondition()] })}
            />
          </Group>
        )}
      </Stack>
    </Paper>
  );
}

interface ButtonProps {
  readonly label: string;
  readonly onClick: () => void;
}

/** @param props `to` says where, for those who do not see it */
function AddButton({ label, to, onClick }: ButtonProps & { to?: string }) {
  return (
    <Button
      variant="default"
      size="xs"
      leftSection={<IconPlus size={16} aria-hidden />}
      aria-label={to && `${label} ${to}`}
      onClick={onClick}
    >
      {label}
    </Button>
  );
}

function RemoveButton({ label, onClick }: ButtonProps) {
  return (
    <ActionIcon
      variant="light"
      color="red"
      size="lg"
      aria-label={label}
      title={label}
      onClick={(event) => stayNear(event.currentTarget, onClick)}
    >
      <IconTrash size={18} />
    </ActionIcon>
  );
}
