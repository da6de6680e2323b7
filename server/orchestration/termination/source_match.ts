import { metBySaying } from "./kind.ts";

/** AutoGen's SourceMatchTermination: one of these spoke; a prompt's source is `user`. */
export const sourceMatch = metBySaying<"source_match">(({ sources }, { source }) =>
  sources.includes(source) ? `'${source}' answered` : null,
);
