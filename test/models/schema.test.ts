import { expect } from "chai";
import {
  DataTypes,
  type EnumDataType,
  type Model,
  type ModelStatic,
  QueryTypes,
  Sequelize,
} from "sequelize";
import { initModels, models } from "../../models/index.ts";
import { createDatabase } from "../support/database.ts";

// The thirteen tables asked for, column by column, and what we added to them.
const asked: Record<string, string> = {
  users: "id email name avatar_url created_at updated_at + is_admin",
  agents: "id name type role config owner_id created_at updated_at + visibility",
  teams: `id name description owner_id type termination_condition_type termination_condition_config
          config created_at updated_at + visibility`,
  team_agents: "id team_id agent_id role_in_team joined_at + position",
  tools: "id name description type config created_by created_at + visibility",
  agent_tools: "id agent_id tool_id enabled config_override attached_at",
  team_tools: "id team_id tool_id enabled config_override attached_at",
  sessions: `id title team_id agent_ids tool_ids status created_by created_at updated_at
             + head_seq`,
  messages: "id session_id sender_agent_id content tool_call created_at + seq",
  prompts: "id session_id content created_by created_at + seq",
  consensus_mechanisms: "id type config team_id created_by created_at",
  log_entries: "id session_id agent_id team_id user_id type message data created_at + seq",
  comments: "id session_id user_id content created_at + seq",
};

// What these refer to is checked once a statement instead: entry_references.test.ts.
const keptByTriggers = new Set(["messages", "prompts", "comments", "log_entries"]);

describe("the schema", () => {
  let database: Awaited<ReturnType<typeof createDatabase>>;
  let sequelize: Sequelize;

  before(async () => {
    database = await createDatabase({ migrated: true });
    sequelize = new Sequelize(database.url, { dialect: "postgres", logging: false });
    initModels(sequelize);
  });

  after(async () => {
    await sequelize.close();
    await database.drop();
  });

  const rows = <Row extends object>(sql: string, bind: object = {}) =>
    sequelize.query<Row>(sql, { type: QueryTypes.SELECT, bind: { ...bind } });

  it("has the tables of the models and no others", async () => {
    const tables = await rows<{ tablename: string }>(
      "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'migrations'",
    );
    expect(tables.map(({ tablename }) => tablename)).to.have.members(
      models.map((model) => model.tableName),
    );
  });

  for (const [table, columns] of Object.entries(asked)) {
    it(`gives ${table} exactly the columns asked for`, () => {
      const model = models.find(({ tableName }) => tableName === table);
      expect(Object.keys(model!.getAttributes())).to.have.members(
        columns.split(/[\s+]+/).filter((column) => column !== ""),
      );
    });
  }

  for (const model of models) {
    it(`keeps ${model.name} as its model says: columns, indexes, foreign keys`, async () => {
      expect(await tableInDatabase(model.tableName)).to.deep.equal(tableOfModel(model));
    });
  }

  async function tableInDatabase(table: string) {
    const bind = { table };
    const columns = await rows<{ name: string }>(
      `SELECT attname AS name, format_type(atttypid, atttypmod) AS type, NOT attnotnull AS nullable,
              pg_get_expr(adbin, adrelid) AS default,
              (SELECT string_agg(enumlabel, ' ' ORDER BY enumsortorder)
               FROM pg_enum WHERE enumtypid = atttypid) AS values
       FROM pg_attribute LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
       WHERE attrelid = $table::regclass AND attnum > 0 AND NOT attisdropped
       ORDER BY name`,
      bind,
    );
    const indexes = await rows(
      `SELECT relname AS name, indisunique AS unique, amname AS method,
              (SELECT string_agg(attname, ' ' ORDER BY attnum)
               FROM pg_attribute WHERE attrelid = indexrelid) AS columns,
              pg_get_expr(indpred, indrelid) AS predicate
       FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid JOIN pg_am ON pg_am.oid = relam
       WHERE indrelid = $table::regclass
       ORDER BY name`,
      bind,
    );
    const foreignKeys = await rows(
      `SELECT attname AS column, confrelid::regclass::text AS table, cardinality(conkey) AS width,
              CASE confdeltype WHEN 'r' THEN 'RESTRICT' WHEN 'c' THEN 'CASCADE'
                               ELSE confdeltype::text END AS on_delete
       FROM pg_constraint JOIN pg_attribute ON attrelid = conrelid AND attnum = ANY (conkey)
       WHERE conrelid = $table::regclass AND contype = 'f'
       ORDER BY attname`,
      bind,
    );
    return { columns, indexes, foreignKeys };
  }
});

/** Of an index over some rows only, such as the open ones. */
function predicateInSql(table: string, where: object | undefined): string | null {
  if (where === undefined) return null;
  const [[column, value]] = Object.entries(where) as [[string, string | object | null]];
  if (value === null) return `(${column} IS NULL)`;
  if (typeof value === "object") return `(${column} IS NOT NULL)`;
  return `(${column} = '${value}'::enum_${table}_${column})`;
}

function tableOfModel(model: ModelStatic<Model>) {
  const table = model.tableName;
  const columns = Object.entries(model.getAttributes()).sort(byName);
  const indexes = (model.options.indexes ?? []).map((index) => ({
    name: index.name!,
    unique: index.unique ?? false,
    method: index.using ?? "btree",
    columns: index.fields!.join(" "),
    predicate: predicateInSql(table, index.where),
  }));
  const primaryKey = {
    name: `${table}_pkey`,
    unique: true,
    method: "btree",
    columns: model.primaryKeyAttributes.join(" "),
    predicate: null,
  };
  return {
    columns: columns.map(([name, column]) => {
      const values = (column.type as Partial<EnumDataType<string>>).values ?? null;
      const type = values ? `enum_${table}_${name}` : sqlName(column.type);
      return {
        name,
        type,
        nullable: !column.primaryKey && column.allowNull !== false,
        default: defaultInSql(column.defaultValue, type),
        values: values?.join(" ") ?? null,
      };
    }),
    indexes: [...indexes, primaryKey].sort((a, b) => (a.name < b.name ? -1 : 1)),
    foreignKeys: columns.flatMap(([name, column]) =>
      column.references && !keptByTriggers.has(table)
        ? [
            {
              column: name,
              table: (column.references as { model: string }).model,
              width: 1,
              on_delete: column.onDelete,
            },
          ]
        : [],
    ),
  };
}

const byName = ([a]: [string, unknown], [b]: [string, unknown]) => (a < b ? -1 : 1);

// Sequelize shouts the name; PostgreSQL says the same one in small letters.
const sqlName = (type: unknown) => (type as { toSql(): string }).toSql().toLowerCase();

function defaultInSql(value: unknown, type: string): string | null {
  // Ids are made by us, so the table has no default where the model calls a function.
  if (value === undefined || typeof value === "function") return null;
  if (value instanceof DataTypes.NOW) return "now()";
  if (typeof value === "string") return `'${value}'::${type}`;
  if (typeof value === "object") return `'${JSON.stringify(value)}'::${type}`;
  return String(value);
}
