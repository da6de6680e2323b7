import type { Output } from "../../contract/commands.ts";
import { CommandError } from "../../contract/errors.ts";
import { Run } from "../../models/index.ts";
import { speakerNamed } from "../orchestration/members.ts";
import type { Happening, Room } from "../orchestration/room.ts";
import { mayDirectRun } from "../policies/run.ts";
import type { Access } from "../stream/access.ts";
import type { Actions, ChangeContext } from "./action.ts";
import { authorize } from "./authorize.ts";
import { page } from "./page.ts";
import { enterRoom } from "./room.ts";
import { findSession } from "./session_access.ts";
import { wire } from "./wire.ts";

export const runActions = {
  "run.list": {
    kind: "query",
    async run(actor, { session_id, ...input }) {
      await findSession(actor, session_id);
      return page(shown(), { session_id }, input) as Promise<Output<"run.list">>;
    },
  },

  "run.get": {
    kind: "query",
    async run(actor, { session_id, run_id }) {
      await findSession(actor, session_id);
      const run = await shown().findOne({ where: { id: run_id, session_id } });
      if (!run) throw new CommandError("not_found", `There is no run ${run_id} in this session`);
      return wire(run) as Output<"run.get">;
    },
  },

  "run.pause": {
    kind: "change",
    run: (context, input) => direct(context, input, { kind: "pause" }),
  },

  "run.resume": {
    kind: "change",
    run: (context, input) => direct(context, input, { kind: "resume" }),
  },

  "run.stop": {
    kind: "change",
    run: (context, { now = false, reason = null, ...input }) =>
      direct(context, input, { kind: "stop", now, reason }),
  },
} satisfies Partial<Actions>;

/**
 * Refuses who may not direct the runs of a room.
 * @throws CommandError forbidden
 */
export function assertMayDirect(access: Access, { plan, run }: Room): void {
  const current = run && run.status !== "stopped" ? run.plan : plan;
  const coordinator = speakerNamed(current, current.config.coordinator);
  authorize(
    mayDirectRun(access, coordinator?.agent_id ?? null),
    "Runs are directed by people who take part, and by the bot of the team's coordinator",
  );
}

async function direct(
  context: ChangeContext,
  { session_id, run_id }: { session_id: string; run_id: string },
  happening: Happening,
): Promise<Output<"run.get">> {
  const access = await enterRoom(context, session_id);
  const { effects, room } = await context.move(session_id, (before) => {
    assertMayDirect(access, before);
    if (before.run?.id === run_id) return happening;
    throw new CommandError("not_found", `There is no run ${run_id} under way in this session`);
  });
  // The room may have a run of the next prompt by now.
  const stopped = effects.find((one) => "run" in one && one.run.id === run_id);
  return publicOf(stopped && "run" in stopped ? stopped.run : room.run!);
}

/** Runs without what orchestration notes for itself, which may be much: it is not even read. */
const shown = () => Run.scope("shown");

/** The same of a run that was read. */
function publicOf(run: object): Output<"run.get"> {
  const { state: _, ...shown } = run as Output<"run.get"> & { state?: unknown };
  return shown;
}
