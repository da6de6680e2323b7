import { kindOf } from "../tool_call.ts";
import { type ConditionKind, met, saidIn } from "./kind.ts";

/** AutoGen's StopMessageTermination: somebody said so by a tool call named `stop`. */
export const stopMessage: ConditionKind<"stop_message"> = {
  look: (_, __, news) =>
    met(saidIn(news).some((said) => kindOf(said) === "stop") ? "Stop message received" : null),
};
