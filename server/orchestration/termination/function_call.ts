import { kindOf } from "../tool_call.ts";
import { type ConditionKind, met, saidIn } from "./kind.ts";

/** AutoGen's FunctionCallTermination: the result of this function came; the call is not enough. */
export const functionCall: ConditionKind<"function_call"> = {
  look({ function_name }, _, news) {
    const executed = saidIn(news).some(
      (said) => kindOf(said) === "tool_result" && said.tool_call?.name === function_name,
    );
    return met(executed ? `Function '${function_name}' was executed.` : null);
  },
};
