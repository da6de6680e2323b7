import { notifications } from "@mantine/notifications";

/** Tells that something is done, for a few seconds, also to those who listen to the page. */
export function tell(message: string): void {
  notifications.show({ message, closeButtonProps: { "aria-label": "Close" } });
}
