import { CommandError, issuesAt, refusedFields } from "../../contract/errors.ts";
import { readNewMechanism } from "../../contract/mechanism_config.ts";
import { ConsensusMechanism, Team } from "../../models/index.ts";
import { mayChangeMechanism } from "../policies/consensus_mechanism.ts";
import type { Actions, Actor } from "./action.ts";
import { authorize } from "./authorize.ts";
import { given } from "./given.ts";
import { page } from "./page.ts";
import { findVisible, type Hold, visible } from "./visible.ts";
import { wire } from "./wire.ts";

const onlyOwner = "Only the team's owner may say how it decides";

export const consensusMechanismActions = {
  "mechanism.create": {
    kind: "change",
    async run({ actor, transaction }, input) {
      const team = await findVisible(Team, actor, input.team_id, { transaction });
      authorize(mayChangeMechanism(actor, team), onlyOwner);
      const row = { ...given(input), created_by: actor.user_id };
      return wire(await settling(ConsensusMechanism.build(row)).save({ transaction }));
    },
  },

  "mechanism.list": {
    kind: "query",
    async run(actor, { team_id, ...input }) {
      await findVisible(Team, actor, team_id);
      return page(ConsensusMechanism, { team_id }, input);
    },
  },

  "mechanism.get": {
    kind: "query",
    async run(actor, { mechanism_id }) {
      return wire((await findMechanism(actor, mechanism_id)).mechanism);
    },
  },

  "mechanism.update": {
    kind: "change",
    async run({ actor, transaction }, { mechanism_id, ...changes }) {
      // Held, since what is not changed must fit what is.
      const hold = { transaction, lock: transaction.LOCK.NO_KEY_UPDATE };
      const { mechanism, team } = await findMechanism(actor, mechanism_id, hold);
      authorize(mayChangeMechanism(actor, team), onlyOwner);
      return wire(await settling(mechanism.set(given(changes))).save({ transaction }));
    },
  },

  "mechanism.delete": {
    kind: "change",
    async run({ actor, transaction }, { mechanism_id }) {
      const { mechanism, team } = await findMechanism(actor, mechanism_id, { transaction });
      authorize(mayChangeMechanism(actor, team), onlyOwner);
      await mechanism.destroy({ transaction });
      return {};
    },
  },
} satisfies Partial<Actions>;

/** A mechanism is seen by whoever sees its team. */
async function findMechanism(
  actor: Actor,
  mechanism_id: string,
  hold?: Hold,
): Promise<{ mechanism: ConsensusMechanism; team: Team }> {
  const mechanism = await ConsensusMechanism.findByPk(mechanism_id, { ...hold });
  const team =
    mechanism &&
    (await visible(Team, actor).findOne({ where: { id: mechanism.team_id }, ...hold }));
  if (!mechanism || !team) {
    throw new CommandError("not_found", `There is no mechanism ${mechanism_id} for you`);
  }
  return { mechanism, team };
}

/** Refuses a config by which nothing could be settled. */
function settling(mechanism: ConsensusMechanism): ConsensusMechanism {
  const { error } = readNewMechanism(mechanism.type, mechanism.config ?? {});
  if (error) throw refusedFields("Nothing can be settled by it", issuesAt("config", error));
  return mechanism;
}
