import { Op, type Transaction } from "sequelize";
import { CommandError } from "../../contract/errors.ts";
import { Session, Tool } from "../../models/index.ts";
import { mayChangeTool, mayCreateTool } from "../policies/tool.ts";
import type { Actions } from "./action.ts";
import { authorize } from "./authorize.ts";
import { given } from "./given.ts";
import { page } from "./page.ts";
import { findVisible, visible } from "./visible.ts";
import { wire } from "./wire.ts";

export const toolActions = {
  "tool.create": {
    kind: "change",
    async run({ actor, transaction }, input) {
      authorize(mayCreateTool(actor), "A bot cannot make tools");
      return wire(
        await Tool.create({ ...given(input), created_by: actor.user_id }, { transaction }),
      );
    },
  },

  "tool.list": {
    kind: "query",
    run: (actor, input) => page(visible(Tool, actor), {}, input),
  },

  "tool.get": {
    kind: "query",
    async run(actor, { tool_id }) {
      return wire(await findVisible(Tool, actor, tool_id));
    },
  },

  "tool.update": {
    kind: "change",
    async run({ actor, transaction }, { tool_id, ...changes }) {
      const tool = await findVisible(Tool, actor, tool_id, { transaction });
      authorize(mayChangeTool(actor, tool), "Only its maker may change a tool");
      return wire(await tool.update(given(changes), { transaction }));
    },
  },

  "tool.delete": {
    kind: "change",
    async run({ actor, transaction }, { tool_id }) {
      // Held against sessions that would list the tool meanwhile.
      const hold = { transaction, lock: transaction.LOCK.UPDATE };
      const tool = await findVisible(Tool, actor, tool_id, hold);
      authorize(mayChangeTool(actor, tool), "Only its maker may delete a tool");
      await assertInNoSession(tool_id, transaction);
      await tool.destroy({ transaction });
      return {};
    },
  },
} satisfies Partial<Actions>;

// PostgreSQL has no foreign keys for the elements of an array.
async function assertInNoSession(tool_id: string, transaction: Transaction): Promise<void> {
  const where = { tool_ids: { [Op.contains]: [tool_id] } };
  if (await Session.findOne({ attributes: ["id"], where, transaction })) {
    throw new CommandError("in_use", "A session still lists this tool in its tool_ids");
  }
}
