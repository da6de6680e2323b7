import { CommandError } from "../../contract/errors.ts";
import { LogEntry } from "../../models/index.ts";
import { mayChargeTo } from "../policies/log_entry.ts";
import { isPerson } from "../policies/person.ts";
import type { Actions } from "./action.ts";
import { authorize } from "./authorize.ts";
import { listEntries } from "./list_entries.ts";

/** Totals are summed up by agent, so these types must say which. */
const charged = ["token_usage", "cost"];

export const logEntryActions = {
  "log.post": {
    kind: "post",
    draft(access, { session_id, type, message, data, agent_id, id }) {
      const { identity } = access;
      const agent = agent_id ?? identity.agent_id;
      if (agent !== null) {
        authorize(mayChargeTo(access, agent), "You may not write a log entry for this agent");
      } else if (charged.includes(type)) {
        throw new CommandError("invalid_input", `A ${type} entry must say whose it is`, {
          details: [{ path: "agent_id", message: `required for type ${type}` }],
        });
      }
      return {
        kind: "log_entry",
        session_id,
        agent_id: agent,
        team_id: null,
        user_id: isPerson(identity) ? identity.user_id : null,
        type,
        message,
        // The column always holds an object.
        data: data ?? {},
        id,
      };
    },
  },

  "log.list": {
    kind: "query",
    run: (actor, input) => listEntries(LogEntry, "log_entry", actor, input),
  },
} satisfies Partial<Actions>;
