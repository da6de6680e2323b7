import { kindOf } from "../tool_call.ts";
import { metBySaying } from "./kind.ts";

/** AutoGen's FunctionCallTermination: the result of this function came; the call is not enough. */
export const functionCall = metBySaying<"function_call">(({ function_name }, said) =>
  kindOf(said) === "tool_result" && said.tool_call?.name === function_name
    ? `Function '${function_name}' was executed.`
    : null,
);
