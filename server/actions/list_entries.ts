import { type Attributes, type Model, type ModelStatic, Op, type WhereOptions } from "sequelize";
import type { Identity } from "../../models/index.ts";
import { type PageInput, page } from "./page.ts";
import { findSession } from "./session_access.ts";
import type { Wire } from "./wire.ts";

/**
 * Reads one page of a session's entries of one kind, newest first; see readPage. None are among them that
 * were stored after the session was read: by then the actor may have been removed from it.
 * @param kind as the entries of the model say it
 * @throws CommandError not_found when the session does not exist or the actor may not see it;
 *   invalid_input for a cursor that is not ours
 */
export async function listEntries<Row extends Model, Kind extends string>(
  model: ModelStatic<Row>,
  kind: Kind,
  actor: Identity,
  { session_id, ...input }: PageInput & { readonly session_id: string },
): Promise<{ data: ({ kind: Kind } & Wire<Attributes<Row>>)[]; next: string | null }> {
  const { session } = await findSession(actor, session_id);
  const where = { session_id, seq: { [Op.lte]: session.head_seq } };
  const { data, next } = await page(model, where as WhereOptions<Attributes<Row>>, input, "seq");
  return { data: data.map((row) => ({ kind, ...row })), next };
}
