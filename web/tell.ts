import { notifications } from "@mantine/notifications";
import type { ReactNode } from "react";

const closeButtonProps = { "aria-label": "Close" };

/** Tells that something is done, for a few seconds, also to those who listen to the page. */
export function tell(message: string): void {
  notifications.show({ message, closeButtonProps });
}

/** Tells that something was refused, and why, until it is closed. */
export function tellRefusal(title: string, why: ReactNode): void {
  notifications.show({
    title,
    message: why,
    color: "red",
    autoClose: false,
    closeButtonProps,
    // Below a title Mantine makes it too faint to be read.
    styles: { description: { color: "var(--mantine-color-text)" } },
  });
}
