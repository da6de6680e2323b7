import { Alert, Button, type ButtonProps, Group, Modal, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { messageOf } from "../message_of.ts";

interface ConfirmButtonProps extends ButtonProps {
  /** What is done, as a verb: on the button, and on the one that confirms. */
  readonly label: string;
  /** Says of the button what it is about, where several have one label. */
  readonly about?: string;
  readonly question: string;
  /** What happens then. */
  readonly consequence: string;
  readonly pending: boolean;
  readonly error: unknown;
  /** Does it; `close` closes the question. */
  readonly onConfirm: (close: () => void) => void;
}

/** A button that asks before it does what cannot be undone. */
export function ConfirmButton({
  label,
  about,
  question,
  consequence,
  pending,
  error,
  onConfirm,
  ...button
}: ConfirmButtonProps) {
  const [opened, { open, close }] = useDisclosure();
  return (
    <>
      <Button
        variant="light"
        color="red"
        {...button}
        aria-label={about && `${label}: ${about}`}
        onClick={open}
      >
        {label}
      </Button>
      <Modal opened={opened} onClose={close} title={question}>
        <Stack>
          <Text>{consequence}</Text>
          {error ? (
            <Alert color="red" role="alert">
              {messageOf(error)}
            </Alert>
          ) : null}
          <Group justify="flex-end">
            <Button variant="default" onClick={close} data-autofocus>
              Cancel
            </Button>
            <Button color="red" loading={pending} onClick={() => onConfirm(close)}>
              {label}
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  );
}
