import {
  Alert,
  Button,
  Modal,
  NumberInput,
  Select,
  Stack,
  TagsInput,
  Textarea,
} from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { FormEnd } from "../form_end.tsx";
import { useCommandForm, useList } from "../queries.ts";

interface AskProps {
  readonly session_id: string;
  readonly team_id: string;
}

/** Puts a question to the team, to be settled by one of its mechanisms. */
export function Ask({ session_id, team_id }: AskProps) {
  const [opened, modal] = useDisclosure();
  return (
    <>
      <Button size="xs" variant="light" onClick={modal.open}>
        Put a question to the team
      </Button>
      <Modal opened={opened} onClose={modal.close} title="A question for the team">
        <QuestionForm session_id={session_id} team_id={team_id} onDone={modal.close} />
      </Modal>
    </>
  );
}

function QuestionForm({ session_id, team_id, onDone }: AskProps & { onDone: () => void }) {
  const mechanisms = useList("mechanism.list", { team_id });
  const { form, submit, pending, problem } = useCommandForm("decision.open", {
    initialValues: {
      question: "",
      options: [] as string[],
      mechanism_id: null as string | null,
      minutes: "" as number | "",
    },
    toInput: ({ question, options, mechanism_id, minutes }) => ({
      session_id,
      question,
      options,
      ...(mechanism_id && { mechanism_id }),
      ...(minutes !== "" && { deadline_ms: minutes * 60_000 }),
    }),
    onDone,
  });
  const rules = mechanisms.data?.map(({ id, type, config }) => ({
    value: id,
    label: `${String(config.rule ?? type).replaceAll("_", " ")} (${type.replace("_", " ")})`,
  }));
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        {mechanisms.data?.length === 0 && (
          <Alert color="yellow" title="The team has no mechanism yet">
            Give it one on the team's page: it says how a decision is settled.
          </Alert>
        )}
        <Textarea
          label="Question"
          required
          autosize
          dir="auto"
          minRows={2}
          data-autofocus
          {...form.getInputProps("question")}
        />
        <TagsInput
          label="Options"
          description="Enter after each."
          placeholder="Another option"
          {...form.getInputProps("options")}
        />
        <Select
          label="Settled by"
          placeholder="The team's first mechanism"
          clearable
          data={rules ?? []}
          {...form.getInputProps("mechanism_id")}
        />
        <NumberInput
          label="Time to vote, in minutes"
          placeholder="As the mechanism says"
          min={1}
          allowDecimal={false}
          {...form.getInputProps("minutes")}
        />
        <FormEnd label="Ask" problem={problem} pending={pending} />
      </Stack>
    </form>
  );
}
