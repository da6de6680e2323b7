import { kindOf } from "../tool_call.ts";
import { metBySaying } from "./kind.ts";

/** AutoGen's StopMessageTermination: somebody said so by a tool call named `stop`. */
export const stopMessage = metBySaying<"stop_message">((_, said) =>
  kindOf(said) === "stop" ? "Stop message received" : null,
);
