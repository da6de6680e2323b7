import { Button, Stack, Text, Textarea, TextInput, Title } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import type { JsonObject } from "../../contract/json.ts";
import type { Team } from "../../contract/team.ts";
import { checkTeam, TeamConfig } from "../../contract/team_config.ts";
import type { Condition } from "../../contract/termination.ts";
import { useCommandForm } from "../queries.ts";
import { tell } from "../tell.ts";
import "./builder.css";
import { FormEnd } from "../form_end.tsx";
import { newCondition } from "./condition_fields.ts";
import { ConditionTree } from "./conditions.tsx";
import type { Values } from "./field.ts";
import { FieldProvider } from "./field_context.ts";
import { FieldInputs } from "./fields.tsx";
import { VisibilitySelect } from "./form_parts.tsx";
import { JsonField } from "./json_field.tsx";
import { configFor, speakingFields, turnFields } from "./team_fields.ts";
import { TeamTypes } from "./teams.tsx";
import { conditionOf, terminationOf } from "./termination.ts";
import type { TeamMembers } from "./use_members.ts";

interface TeamRulesProps {
  readonly team: Team;
  readonly members: TeamMembers;
  readonly mayChange: boolean;
}

/** How a team works: its type, whose turn it is, and when it stops. */
export function TeamRules({ team, members, mayChange }: TeamRulesProps) {
  const { form, submit, pending, problem } = useCommandForm("team.update", {
    initialValues: valuesOf(team),
    toInput: (values) => ({ team_id: team.id, ...rowOf(values) }),
    row: team,
    together: ["type", "config", "termination_condition_type", "termination_condition_config"],
    check: (values) => [
      ...checkTeam(rowOf(values)),
      ...(isObject(values.own) ? [] : [{ path: "own", message: "must be a JSON object" }]),
    ],
    onDone: ({ name }) => tell(`${name} is saved`),
  });
  const { config, type, termination_condition_config: condition } = form.values;
  const setConfig = (changed: Values) => form.setFieldValue("config", changed as never);
  const setCondition = (changed: Condition | null) =>
    form.setFieldValue("termination_condition_config", changed as never);
  const inputs = { values: config, onChange: setConfig, path: "config" };
  const around = {
    errors: form.errors,
    members: members.members?.map(({ called }) => called) ?? [],
  };
  return (
    <FieldProvider value={around}>
      <form onSubmit={submit} noValidate>
        <fieldset className="plain-fieldset" disabled={!mayChange}>
          <Stack gap="xl">
            <Stack>
              <Title order={2} size="h3">
                What it is
              </Title>
              <TextInput label="Name" required {...form.getInputProps("name")} />
              <Textarea
                label="Description"
                autosize
                minRows={2}
                maxRows={10}
                {...form.getInputProps("description")}
              />
              <VisibilitySelect {...form.getInputProps("visibility")} />
            </Stack>
            <Stack>
              <Title order={2} size="h3">
                Who speaks
              </Title>
              <TeamTypes {...form.getInputProps("type")} />
              <FieldInputs {...inputs} fields={speakingFields(type, config.strategy)} />
            </Stack>
            <Stack>
              <Title order={2} size="h3">
                Turns
              </Title>
              <FieldInputs {...inputs} fields={turnFields} />
            </Stack>
            <Stack align="stretch" tabIndex={-1}>
              <Title order={2} size="h3">
                When it stops
              </Title>
              {condition ? (
                <ConditionTree
                  condition={condition}
                  onChange={setCondition}
                  path="termination_condition_config"
                  place="1"
                />
              ) : (
                <>
                  <Text size="sm">
                    Nothing stops a run but its own end, the most turns above, or a person.
                  </Text>
                  <Button
                    variant="default"
                    leftSection={<IconPlus size={16} aria-hidden />}
                    onClick={() => setCondition(newCondition())}
                    style={{ alignSelf: "flex-start" }}
                  >
                    Add a condition
                  </Button>
                </>
              )}
            </Stack>
            <Stack>
              <Title order={2} size="h3">
                Your own settings
              </Title>
              <JsonField
                label="JSON"
                description="Kept with the team, without a meaning to the server."
                {...form.getInputProps("own")}
              />
            </Stack>
            {mayChange && (
              <FormEnd
                label="Save the rules"
                problem={problem}
                pending={pending}
                isChanged={form.isDirty()}
              />
            )}
          </Stack>
        </fieldset>
      </form>
    </FieldProvider>
  );
}

interface RulesValues extends Record<string, unknown> {
  readonly name: string;
  readonly description: string;
  readonly visibility: Team["visibility"];
  readonly type: Team["type"];
  readonly config: Values;
  /** The whole condition, also one that has a type of its own in the team's row. */
  readonly termination_condition_config: Condition | null;
  /** The keys of the config that mean nothing to the server. */
  readonly own: unknown;
}

function valuesOf({ name, description, visibility, type, ...team }: Team): RulesValues {
  const entries = Object.entries(team.config);
  return {
    name,
    description,
    visibility,
    type,
    config: Object.fromEntries(entries.filter(([key]) => key in TeamConfig.shape)),
    termination_condition_config: conditionOf(team),
    own: Object.fromEntries(entries.filter(([key]) => !(key in TeamConfig.shape))),
  };
}

function rowOf({ config, own, termination_condition_config: condition, ...values }: RulesValues) {
  return {
    name: values.name,
    description: values.description,
    visibility: values.visibility,
    type: values.type,
    config: { ...(isObject(own) && own), ...configFor(values.type, config) },
    ...terminationOf(condition),
  };
}

function isObject(value: unknown): value is JsonObject | undefined {
  return value === undefined || (typeof value === "object" && value !== null);
}
