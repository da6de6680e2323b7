import { kindOf } from "../tool_call.ts";
import { type ConditionKind, met, saidIn } from "./kind.ts";

/** AutoGen's TextMessageTermination: a message that is only text, of one source or of any. */
export const textMessage: ConditionKind<"text_message"> = {
  look({ source }, _, news) {
    const said = saidIn(news).find(
      (one) => kindOf(one) === "text" && (source === undefined || one.source === source),
    );
    return met(said && `Text message received from '${said.source}'`);
  },
};
