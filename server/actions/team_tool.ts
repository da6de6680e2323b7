import { CommandError } from "../../contract/errors.ts";
import { Team, TeamTool, Tool } from "../../models/index.ts";
import { mayChangeTeam } from "../policies/team.ts";
import type { Actions } from "./action.ts";
import { authorize } from "./authorize.ts";
import { given } from "./given.ts";
import { findVisible } from "./visible.ts";
import { wire } from "./wire.ts";

const onlyOwner = "Only its owner may change which tools a team has";

export const teamToolActions = {
  "team.attach_tool": {
    kind: "change",
    async run({ actor, transaction }, { team_id, tool_id, ...changes }) {
      // The team's row is held, so that two attachments of one tool come one after the other.
      const hold = { transaction, lock: transaction.LOCK.NO_KEY_UPDATE };
      const team = await findVisible(Team, actor, team_id, hold);
      authorize(mayChangeTeam(actor, team), onlyOwner);
      const where = { team_id, tool_id };
      const attached = await TeamTool.findOne({ where, transaction });
      if (attached) return wire(await attached.update(given(changes), { transaction }));
      await findVisible(Tool, actor, tool_id, { transaction });
      const row = { enabled: true, ...given(changes), ...where };
      return wire(await TeamTool.create(row, { transaction }));
    },
  },

  "team.detach_tool": {
    kind: "change",
    async run({ actor, transaction }, { team_id, tool_id }) {
      const team = await findVisible(Team, actor, team_id, { transaction });
      authorize(mayChangeTeam(actor, team), onlyOwner);
      const detached = await TeamTool.destroy({ where: { team_id, tool_id }, transaction });
      if (detached === 0) throw new CommandError("not_found", "The team does not have this tool");
      return {};
    },
  },

  "team.list_tools": {
    kind: "query",
    async run(actor, { team_id }) {
      const team = await findVisible(Team, actor, team_id);
      const rows = (await TeamTool.findAll({ where: { team_id }, order: [["id", "DESC"]] })).map(
        wire,
      );
      // Keys may be in it; see tools_of_agents.ts.
      const told = mayChangeTeam(actor, team)
        ? rows
        : rows.map((row) => ({ ...row, config_override: null }));
      return { data: told, next: null };
    },
  },
} satisfies Partial<Actions>;
