import { Alert, Button, Stack, Text } from "@mantine/core";
import { Component, type ReactNode } from "react";

interface BoundaryProps {
  readonly children: ReactNode;
}

/**
 * Keeps the rest of the page, and what waits to be sent there, when one part of it cannot be shown: most often its
 * code could not be loaded, as the server was away or has another version by now.
 */
export class Boundary extends Component<BoundaryProps, { readonly failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError() {
    return { failed: true };
  }

  override render() {
    if (!this.state.failed) return this.props.children;
    return (
      <Alert color="red" m="md" title="This part of the page could not be shown">
        <Stack align="flex-start" gap="sm">
          <Text size="sm">
            Perhaps the server was away just now, or has been upgraded since this page was opened.
          </Text>
          <Button size="xs" onClick={() => location.reload()}>
            Load the page anew
          </Button>
        </Stack>
      </Alert>
    );
  }
}
