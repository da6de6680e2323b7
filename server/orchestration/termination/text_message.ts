import { kindOf } from "../tool_call.ts";
import { metBySaying } from "./kind.ts";

/** AutoGen's TextMessageTermination: a message that is only text, of one source or of any. */
export const textMessage = metBySaying<"text_message">(({ source }, said) =>
  kindOf(said) === "text" && (source === undefined || said.source === source)
    ? `Text message received from '${said.source}'`
    : null,
);
