import type { QueryInterface, Transaction } from "sequelize";

type Parameters = { context: QueryInterface; transaction: Transaction };

/** What the entries refer to: table → column → table. */
const references: Record<string, Record<string, string>> = {
  messages: { session_id: "sessions", sender_agent_id: "agents" },
  prompts: { session_id: "sessions", created_by: "users" },
  comments: { session_id: "sessions", user_id: "users" },
  log_entries: {
    session_id: "sessions",
    agent_id: "agents",
    team_id: "teams",
    user_id: "users",
  },
};

const entryTables = Object.keys(references);
const referredTables = [...new Set(Object.values(references).flatMap(Object.values))];

// A foreign key asks once a row, which is half of what PostgreSQL spends on an entry that comes among
// hundreds. Triggers ask once a statement for the same integrity, and fail as a foreign key fails.
export async function up({ context, transaction }: Parameters): Promise<void> {
  const statements = [
    refuseChange,
    ...entryTables.flatMap((table) => [...withoutKeys(table), checkOf(table)]),
    ...referredTables.map(keep),
  ];
  await context.sequelize.query(statements.join("\n"), { transaction });
}

export async function down({ context, transaction }: Parameters): Promise<void> {
  const statements = [
    "DROP FUNCTION refuse_change() CASCADE;",
    ...entryTables.map((table) => `DROP FUNCTION check_${table}() CASCADE;`),
    ...referredTables.map((table) => `DROP FUNCTION keep_${table}() CASCADE;`),
    ...entryTables.flatMap(withKeys),
  ];
  await context.sequelize.query(statements.join("\n"), { transaction });
}

const keyName = (table: string, column: string) => `${table}_${column}_fkey`;

const withoutKeys = (table: string) =>
  Object.keys(references[table]!).map(
    (column) => `ALTER TABLE ${table} DROP CONSTRAINT ${keyName(table, column)};`,
  );

const withKeys = (table: string) =>
  Object.entries(references[table]!).map(
    ([column, target]) =>
      `ALTER TABLE ${table} ADD FOREIGN KEY (${column}) REFERENCES ${target} ON DELETE RESTRICT;`,
  );

/**
 * After an insertion: the rows referred to exist and stay until the end of the transaction. The lock
 * is a foreign key's: it waits for a deletion in progress, and a deletion waits for it. The settings
 * keep one plan a statement, by index: a plan for each array would cost more than the check, and one
 * made while the tables were small would read them whole when they have grown.
 */
function checkOf(table: string): string {
  const columns = Object.keys(references[table]!);
  const keys = (column: string) => `${column}_keys`;
  const distinct = columns.map(
    (column) => `array_agg(DISTINCT ${column}) FILTER (WHERE ${column} IS NOT NULL)`,
  );
  return `
    CREATE FUNCTION check_${table}() RETURNS trigger LANGUAGE plpgsql
      SET plan_cache_mode = force_generic_plan SET enable_seqscan = off AS $$
    DECLARE
      ${columns.map((column) => `${keys(column)} uuid[];`).join("\n      ")}
      present bigint;
    BEGIN
      SELECT ${distinct.join(",\n             ")}
        INTO ${columns.map(keys).join(", ")} FROM added;
      ${columns.map((column) => checkOfColumn(table, column, keys(column))).join("")}
      RETURN NULL;
    END $$;
    CREATE TRIGGER check_references AFTER INSERT ON ${table} REFERENCING NEW TABLE AS added
      FOR EACH STATEMENT EXECUTE FUNCTION check_${table}();
    CREATE TRIGGER refuse_change BEFORE UPDATE OF ${columns.join(", ")} ON ${table}
      FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();`;
}

function checkOfColumn(table: string, column: string, keys: string): string {
  const target = references[table]![column]!;
  const constraint = keyName(table, column);
  return `
      IF ${keys} IS NOT NULL THEN
        PERFORM FROM ${target} WHERE id = ANY (${keys}) FOR KEY SHARE;
        GET DIAGNOSTICS present = ROW_COUNT;
        IF present < cardinality(${keys}) THEN
          RAISE foreign_key_violation USING
            MESSAGE = 'insert or update on table "${table}" violates foreign key constraint "${constraint}"',
            DETAIL = format('Key (${column})=(%s) is not present in table "${target}".',
                            (SELECT key FROM unnest(${keys}) AS key
                              WHERE NOT EXISTS (SELECT FROM ${target} WHERE id = key) LIMIT 1)),
            SCHEMA = TG_TABLE_SCHEMA, TABLE = '${table}', CONSTRAINT = '${constraint}';
        END IF;
      END IF;`;
}

/**
 * Before a deletion, when PostgreSQL holds the row's lock and so nothing new can refer to it: nothing
 * does. A transaction that reads an old snapshot cannot see whether something does by now.
 */
function keep(target: string): string {
  const columns = entryTables.flatMap((table) =>
    Object.keys(references[table]!)
      .filter((column) => references[table]![column] === target)
      .map((column) => ({ table, column })),
  );
  const checks = columns.map(
    ({ table, column }) => `
      IF EXISTS (SELECT FROM ${table} WHERE ${column} = OLD.id) THEN
        RAISE restrict_violation USING
          MESSAGE = 'update or delete on table "${target}" violates RESTRICT setting of foreign key constraint "${keyName(table, column)}" on table "${table}"',
          DETAIL = format('Key (id)=(%s) is referenced from table "${table}".', OLD.id),
          SCHEMA = TG_TABLE_SCHEMA, TABLE = '${table}', CONSTRAINT = '${keyName(table, column)}';
      END IF;`,
  );
  return `
    CREATE FUNCTION keep_${target}() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF current_setting('transaction_isolation') <> 'read committed' THEN
        RAISE feature_not_supported USING
          MESSAGE = 'rows of "${target}" are deleted at the isolation level READ COMMITTED only';
      END IF;${checks.join("")}
      RETURN OLD;
    END $$;
    CREATE TRIGGER keep_referred BEFORE DELETE ON ${target}
      FOR EACH ROW EXECUTE FUNCTION keep_${target}();
    CREATE TRIGGER refuse_change BEFORE UPDATE OF id OR TRUNCATE ON ${target}
      FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();`;
}

/** Ids and references never change, so nothing needs to check what a change would break. */
const refuseChange = `
    CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      RAISE restrict_violation USING
        MESSAGE = format('%s of ids or references of table "%s" is refused', TG_OP, TG_TABLE_NAME);
    END $$;`;
