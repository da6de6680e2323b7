import { Team } from "../../models/index.ts";
import { mayChangeTeam, mayCreateTeam } from "../policies/team.ts";
import type { Actions } from "./action.ts";
import { authorize } from "./authorize.ts";
import { given } from "./given.ts";
import { page } from "./page.ts";
import { findVisible, visible } from "./visible.ts";
import { wire } from "./wire.ts";

export const teamActions = {
  "team.create": {
    kind: "change",
    async run({ actor, transaction }, input) {
      authorize(mayCreateTeam(actor), "A bot cannot make teams");
      return wire(await Team.create({ ...given(input), owner_id: actor.user_id }, { transaction }));
    },
  },

  "team.list": {
    kind: "query",
    run: (actor, input) => page(visible(Team, actor), {}, input),
  },

  "team.get": {
    kind: "query",
    async run(actor, { team_id }) {
      return wire(await findVisible(Team, actor, team_id));
    },
  },

  "team.update": {
    kind: "change",
    async run({ actor, transaction }, { team_id, ...changes }) {
      const team = await findVisible(Team, actor, team_id, { transaction });
      authorize(mayChangeTeam(actor, team), "Only its owner may change a team");
      return wire(await team.update(given(changes), { transaction }));
    },
  },

  "team.delete": {
    kind: "change",
    async run({ actor, transaction }, { team_id }) {
      const team = await findVisible(Team, actor, team_id, { transaction });
      authorize(mayChangeTeam(actor, team), "Only its owner may delete a team");
      await team.destroy({ transaction });
      return {};
    },
  },
} satisfies Partial<Actions>;
