import { NativeSelect, Stack } from "@mantine/core";
import type { ConsensusMechanism } from "../../contract/consensus_mechanism.ts";
import { issuesAt } from "../../contract/errors.ts";
import type { JsonObject } from "../../contract/json.ts";
import { type RuleName, readNewMechanism } from "../../contract/mechanism_config.ts";
import { FormEnd } from "../form_end.tsx";
import { useCommandForm } from "../queries.ts";
import { tell } from "../tell.ts";
import type { Values } from "./field.ts";
import { FieldProvider } from "./field_context.ts";
import { FieldInputs } from "./fields.tsx";
import { commonFieldsOf, mechanismTypes, rules } from "./rule_fields.ts";
import type { TeamMembers } from "./use_members.ts";

interface MechanismFormProps {
  readonly team_id: string;
  /** The one to change; null for a new one. */
  readonly mechanism: ConsensusMechanism | null;
  readonly members: TeamMembers;
  readonly onClose: () => void;
}

/** Makes or changes a way to decide: its rule, and what the rule needs. */
export function MechanismForm({ team_id, mechanism, members, onClose }: MechanismFormProps) {
  const { form, submit, pending, problem } = useCommandForm(
    mechanism ? "mechanism.update" : "mechanism.create",
    {
      initialValues: { config: { rule: "plurality", ...mechanism?.config } as Values },
      toInput: ({ config }) => {
        const row = { type: typeOf(config), config: config as JsonObject };
        return mechanism ? { mechanism_id: mechanism.id, ...row } : { team_id, ...row };
      },
      row: mechanism ?? undefined,
      together: ["type", "config"],
      check: ({ config }) => issuesAt("config", readNewMechanism(typeOf(config), config).error),
      onDone: () => {
        tell("The way to decide is saved");
        onClose();
      },
    },
  );
  const { config } = form.values;
  const set = (changed: Values) => form.setFieldValue("config", changed as never);
  const rule = config.rule as RuleName;
  const choose = (chosen: RuleName) => {
    const fields = commonFieldsOf(chosen);
    const common = Object.entries(config).filter(([key]) => key in fields);
    set({ rule: chosen, ...Object.fromEntries(common) });
  };
  const around = {
    errors: form.errors,
    members: members.members?.map(({ called }) => called) ?? [],
  };
  const inputs = { values: config, onChange: set, path: "config" };
  return (
    <FieldProvider value={around}>
      <form onSubmit={submit} noValidate>
        <Stack gap="sm">
          <NativeSelect
            label="Rule"
            description={rules[rule].help}
            value={rule}
            onChange={({ currentTarget }) => choose(currentTarget.value as RuleName)}
            data={ruleGroups}
            data-path="config.rule"
          />
          <FieldInputs {...inputs} fields={rules[rule].fields} />
          <FieldInputs {...inputs} fields={commonFieldsOf(rule, config)} />
          <FormEnd
            label={mechanism ? "Save the rule" : "Add the rule"}
            problem={problem}
            pending={pending}
            onCancel={onClose}
          />
        </Stack>
      </form>
    </FieldProvider>
  );
}

const ruleGroups = Object.entries(mechanismTypes).map(([type, group]) => ({
  group,
  items: Object.entries(rules)
    .filter(([, rule]) => rule.type === type)
    .map(([value, { label }]) => ({ value, label })),
}));

function typeOf({ rule }: Values): ConsensusMechanism["type"] {
  return rules[rule as RuleName].type;
}
