import { Modal, Radio, Stack, TextInput } from "@mantine/core";
import { useLocation } from "wouter";
import type { Team } from "../../contract/team.ts";
import { FormEnd } from "../form_end.tsx";
import { useCommandForm, useList } from "../queries.ts";
import { Catalogue } from "./catalogue.tsx";
import { teamTypes } from "./team_fields.ts";
import { NEW, useOpened } from "./use_opened.ts";

/** The teams there are, and a form to make one. */
export default function Teams() {
  const [opened, open] = useOpened("team");
  const teams = useList("team.list", {});
  return (
    <Catalogue
      title="Teams"
      one="team"
      purpose="A team takes turns: it says which agents speak, in what order, when they stop, and how they decide. Make some agents first, then put them into a team."
      items={teams.data?.map(itemOf)}
      error={teams.error}
      onNew={() => open(NEW)}
    >
      <Modal opened={opened === NEW} onClose={() => open(null)} title="New team">
        <NewTeam />
      </Modal>
    </Catalogue>
  );
}

function itemOf(team: Team) {
  const { id, name, description, type, owner_id, visibility } = team;
  const href = `/teams/${id}`;
  return { id, name, about: description, type: teamTypes[type].label, owner_id, visibility, href };
}

function NewTeam() {
  const [, go] = useLocation();
  const { form, submit, pending, problem } = useCommandForm("team.create", {
    initialValues: { name: "", type: "round_robin" as Team["type"] },
    toInput: (values) => values,
    onDone: ({ id }) => go(`/teams/${id}`),
  });
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        <TextInput label="Name" required data-autofocus {...form.getInputProps("name")} />
        <TeamTypes {...form.getInputProps("type")} />
        <FormEnd label="Make the team" problem={problem} pending={pending} />
      </Stack>
    </form>
  );
}

/** Lets one choose the type of a team. */
export function TeamTypes(input: object) {
  return (
    <Radio.Group label="Who speaks when" {...input}>
      <Stack gap="xs" mt="xs">
        {Object.entries(teamTypes).map(([value, { label, help }]) => (
          <Radio key={value} value={value} label={label} description={help} />
        ))}
      </Stack>
    </Radio.Group>
  );
}
