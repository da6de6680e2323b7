import { refusedFields } from "../../contract/errors.ts";
import { checkTeam } from "../../contract/team_config.ts";
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
      const team = Team.build({ ...given(input), owner_id: actor.user_id });
      assertWorks(team);
      return wire(await team.save({ transaction }));
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
      // Held, since what is not changed must fit what is.
      const hold = { transaction, lock: transaction.LOCK.NO_KEY_UPDATE };
      const team = await findVisible(Team, actor, team_id, hold);
      authorize(mayChangeTeam(actor, team), "Only its owner may change a team");
      assertWorks(team.set(given(changes)));
      return wire(await team.save({ transaction }));
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

/** Refuses rules that no team could work by; what depends on its members shows when a run starts. */
function assertWorks(team: Team): void {
  const issues = checkTeam({
    type: team.type,
    config: team.config ?? {},
    termination_condition_type: team.termination_condition_type ?? null,
    termination_condition_config: team.termination_condition_config ?? null,
  });
  if (issues.length > 0) throw refusedFields("The team cannot work like this", issues);
}
