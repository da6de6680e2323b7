import { type ConditionKind, met, saidIn } from "./kind.ts";

/** AutoGen's SourceMatchTermination: one of these spoke; a prompt's source is `user`. */
export const sourceMatch: ConditionKind<"source_match"> = {
  look({ sources }, _, news) {
    const said = saidIn(news).find(({ source }) => sources.includes(source));
    return met(said && `'${said.source}' answered`);
  },
};
