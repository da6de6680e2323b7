import type { QueryInterface, Transaction } from "sequelize";

type Parameters = { context: QueryInterface; transaction: Transaction };

// Lets a node store posts in one round trip: by what it knows of their sessions from the last time. Whatever
// decides about a post in a session without a team changes only together with an entry in its stream, so
// nothing has changed where head_seq has not; but for an agent's type, and ids that are taken.
// What fails here is a serialization failure, since the same will do once it is read anew.
export async function up({ context, transaction }: Parameters): Promise<void> {
  await context.sequelize.query(
    `
    CREATE FUNCTION reserve_known_numbers(
      session_ids uuid[], known_heads bigint[], counts bigint[], new_ids uuid[], proxy_ids uuid[]
    ) RETURNS void LANGUAGE plpgsql AS $$
    DECLARE
      reserved bigint;
    BEGIN
      UPDATE sessions SET head_seq = head_seq + counts[array_position(session_ids, id)]
       WHERE id = ANY (session_ids) AND head_seq = known_heads[array_position(session_ids, id)];
      GET DIAGNOSTICS reserved = ROW_COUNT;
      IF reserved < cardinality(session_ids)
         OR EXISTS (SELECT FROM messages WHERE id = ANY (new_ids))
         OR EXISTS (SELECT FROM prompts WHERE id = ANY (new_ids))
         OR EXISTS (SELECT FROM comments WHERE id = ANY (new_ids))
         OR EXISTS (SELECT FROM log_entries WHERE id = ANY (new_ids))
         OR EXISTS (SELECT FROM unnest(proxy_ids) AS proxy_id WHERE NOT EXISTS (
              SELECT FROM agents WHERE id = proxy_id AND type = 'user_proxy'))
      THEN
        RAISE serialization_failure USING MESSAGE = 'a session is no longer as it was known to be';
      END IF;
    END $$;
    `,
    { transaction },
  );
}

export async function down({ context, transaction }: Parameters): Promise<void> {
  await context.sequelize.query("DROP FUNCTION reserve_known_numbers;", { transaction });
}
