import type { Model, ModelStatic } from "sequelize";
import type { Ballot, Decision } from "../../contract/decision.ts";
import type { Turn } from "../../contract/turn.ts";
import * as models from "../../models/index.ts";
import { uuids } from "../database/binary.ts";
import type { Sql } from "../database/sql.ts";
import type { TeamRow } from "../orchestration/plan.ts";
import type { OrchestratedRun, Room } from "../orchestration/room.ts";
import { kinds, modelOf } from "./kinds.ts";

/** A room as the tables have it. */
export type RoomRow = Omit<Room, "plan"> & {
  readonly team: TeamRow;
  /** When the newest entry of the session was written; null before the first. */
  readonly last_at: string | null;
};

/** What a transaction is to write beside the entries, each row as it is in the end. */
export interface RoomChanges {
  readonly started: Map<string, OrchestratedRun>;
  readonly runs: Map<string, OrchestratedRun>;
  readonly decisions: Map<string, Decision>;
  readonly turns: Map<string, Turn>;
  readonly ballots: Map<string, Ballot>;
  /** Session id → whether it is active or completed now, and since when. */
  readonly statuses: Map<string, { status: "active" | "completed"; updated_at: string }>;
}

/**
 * Reads the rooms of sessions, each at the moment of the statement.
 * @param session_ids of sessions that have a team
 */
export async function selectRooms(session_ids: readonly string[], sql: Sql): Promise<RoomRow[]> {
  const newest = kinds.map(
    (kind) =>
      `(SELECT created_at FROM ${modelOf(kind).tableName}
         WHERE session_id = sessions.id ORDER BY seq DESC LIMIT 1)`,
  );
  const rows = await sql<{ room: RoomRow }>(
    `SELECT json_build_object(
       'session_id', sessions.id,
       'last_at', (SELECT max(created_at) FROM (${newest.join(" UNION ALL ")}) AS newest),
       'team', json_build_object(
         'type', teams.type,
         'config', teams.config,
         'termination_condition_type', teams.termination_condition_type,
         'termination_condition_config', teams.termination_condition_config,
         'members', ARRAY (
           SELECT json_build_object('agent_id', agents.id, 'name', agents.name,
                                    'type', agents.type, 'role_in_team', role_in_team,
                                    'is_foreign', agents.owner_id <> teams.owner_id)
             FROM team_agents JOIN agents ON agents.id = agent_id
            WHERE team_id = teams.id ORDER BY position, team_agents.id),
         'mechanism', (
           SELECT json_build_object('id', id, 'type', type, 'config', config)
             FROM consensus_mechanisms WHERE team_id = teams.id ORDER BY id LIMIT 1)),
       'run', (
         SELECT row_to_json(runs) FROM runs
          WHERE session_id = sessions.id ORDER BY id DESC LIMIT 1),
       'turns', ARRAY (
         SELECT row_to_json(turns) FROM turns
          WHERE session_id = sessions.id AND status = 'open' ORDER BY id),
       'decisions', ARRAY (
         SELECT to_jsonb(decisions) || jsonb_build_object('ballots', ARRAY (
                  SELECT to_jsonb(ballots) FROM ballots
                   WHERE decision_id = decisions.id ORDER BY id))
           FROM decisions
          WHERE session_id = sessions.id AND status = 'open' ORDER BY id)) AS room
       FROM sessions JOIN teams ON teams.id = sessions.team_id
      WHERE sessions.id = ANY ($1::uuid[])`,
    [uuids(session_ids)],
  );
  return rows.map(({ room }) => inUtc(room));
}

/** PostgreSQL writes times in JSON with the offset of its own; the contract says UTC. */
function inUtc(room: RoomRow): RoomRow {
  const timed = <Row extends object>(row: Row): Row =>
    Object.fromEntries(
      Object.entries(row).map(([name, value]) => [
        name,
        name.endsWith("_at") && value !== null ? new Date(value).toISOString() : value,
      ]),
    ) as Row;
  return {
    ...timed(room),
    run: room.run && timed(room.run),
    turns: room.turns.map(timed),
    decisions: room.decisions.map((decision) => ({
      ...timed(decision),
      ballots: decision.ballots.map(timed),
    })),
  };
}

/**
 * Sends the statements that store what happened in rooms.
 * @returns the statements as they were sent
 */
export function saveRows(changes: RoomChanges, sql: Sql): Promise<unknown>[] {
  const { started, runs, decisions, turns, ballots, statuses } = changes;
  const saved = (model: ModelStatic<Model>, set: string, rows: Iterable<object>) => {
    const all = [...rows];
    if (all.length === 0) return [];
    const table = model.tableName;
    // Named, because nodes of the next version may have added a column that is not NULL.
    const columns = Object.keys(model.getAttributes()).join(", ");
    const text = `INSERT INTO ${table} (${columns})
                  SELECT ${columns} FROM json_populate_recordset(NULL::${table}, $1)
                  ON CONFLICT (id) DO ${set}`;
    return [sql(text, [JSON.stringify(all)])];
  };
  // A run's plan never changes, so it is written once.
  const moved = [...runs.values()].map(({ plan: _, ...run }) => run);
  return [
    ...saved(
      models.Run,
      "NOTHING",
      [...started.values()].map((run) => runs.get(run.id) ?? run),
    ),
    ...(moved.length === 0
      ? []
      : [
          sql(
            `UPDATE runs SET status = moved.status, state = moved.state, stop = moved.stop,
                             deadline_at = moved.deadline_at, stopped_at = moved.stopped_at
               FROM json_populate_recordset(NULL::runs, $1) AS moved WHERE runs.id = moved.id`,
            [JSON.stringify(moved)],
          ),
        ]),
    ...saved(
      models.Decision,
      "UPDATE SET status = excluded.status, outcome = excluded.outcome, closed_at = excluded.closed_at",
      decisions.values(),
    ),
    ...saved(
      models.Turn,
      "UPDATE SET status = excluded.status, message_id = excluded.message_id, closed_at = excluded.closed_at",
      turns.values(),
    ),
    ...saved(models.Ballot, "NOTHING", ballots.values()),
    ...(statuses.size === 0
      ? []
      : [
          sql(
            `UPDATE sessions SET status = changed.status, updated_at = changed.updated_at
               FROM json_populate_recordset(NULL::sessions, $1) AS changed
              WHERE sessions.id = changed.id AND sessions.status <> 'archived'`,
            [JSON.stringify([...statuses].map(([id, changed]) => ({ id, ...changed })))],
          ),
        ]),
  ];
}
