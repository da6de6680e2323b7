import { Alert, Button, Group, Loader, Text } from "@mantine/core";

interface FormEndProps {
  /** What the button does, as a verb. */
  readonly label: string;
  readonly problem: string | null;
  readonly pending: boolean;
  /** Whether there is something to save that one might forget. */
  readonly isChanged?: boolean;
  readonly onCancel?: () => void;
}

/** The end of a form: what is wrong without a field to say it beside, and its button. */
export function FormEnd({ label, problem, pending, isChanged, onCancel }: FormEndProps) {
  return (
    <>
      {problem && (
        <Alert color="red" role="alert" title="That did not work">
          {problem}
        </Alert>
      )}
      <Group justify="flex-end">
        {isChanged && <Text size="sm">Changed, and not saved yet</Text>}
        {onCancel && (
          <Button variant="default" onClick={onCancel}>
            Cancel
          </Button>
        )}
        <Button
          type="submit"
          // Not switched off meanwhile: that would take the focus away from it.
          aria-busy={pending}
          leftSection={pending && <Loader size={14} color="white" aria-hidden />}
        >
          {label}
        </Button>
      </Group>
    </>
  );
}
