import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect } from "chai";
import { QueryTypes, Sequelize } from "sequelize";
import { createMigrator, migrate } from "../../server/database/migrator.ts";
import { createDatabase } from "../support/database.ts";
import { programOf } from "../support/programs.ts";

describe("the migrations", () => {
  let database: Awaited<ReturnType<typeof createDatabase>>;
  let sequelize: Sequelize;

  beforeEach(async () => {
    database = await createDatabase({ migrated: false });
    sequelize = new Sequelize(database.url, { dialect: "postgres", logging: false });
  });

  afterEach(async () => {
    await sequelize.close();
    await database.drop();
  });

  const column = async (sql: string) => {
    const rows = await sequelize.query<{ value: string }>(sql, { type: QueryTypes.SELECT });
    return rows.map(({ value }) => value);
  };

  const noted = () => column("SELECT name AS value FROM migrations ORDER BY name");

  // Everything in the database but the migrator's own table, one line a thing.
  const catalogue = () =>
    column(
      `WITH own AS (
         SELECT oid, relname, relkind FROM pg_class
         WHERE relnamespace = 'public'::regnamespace AND relname NOT LIKE 'migrations%'
       )
       SELECT format('%s %s', relkind, relname) AS value FROM own
       UNION ALL
       SELECT format('%s.%s %s %s %s', relname, attname, format_type(atttypid, atttypmod),
                     attnotnull, pg_get_expr(adbin, adrelid))
       FROM own JOIN pg_attribute ON attrelid = own.oid AND attnum > 0 AND NOT attisdropped
       LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
       UNION ALL
       SELECT pg_get_indexdef(oid) FROM own WHERE relkind = 'i'
       UNION ALL
       SELECT pg_get_viewdef(oid) FROM own WHERE relkind = 'v'
       UNION ALL
       SELECT format('%s %s', relname, pg_get_constraintdef(pg_constraint.oid))
       FROM own JOIN pg_constraint ON conrelid = own.oid
       UNION ALL
       SELECT format('%s %s', typname, string_agg(enumlabel, ' ' ORDER BY enumsortorder))
       FROM pg_type JOIN pg_enum ON enumtypid = pg_type.oid GROUP BY typname
       UNION ALL
       SELECT pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = 'public'::regnamespace
       UNION ALL
       SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
       ORDER BY value`,
    );

  it("go up, down to nothing and up again to the same schema", async () => {
    const migrator = createMigrator(sequelize);
    const all = (await migrator.pending()).map(({ name }) => name);
    expect(all).to.include("0001_users");

    expect(await migrate(sequelize)).to.deep.equal(all);
    const full = await catalogue();
    expect(full).to.include("r users").and.include("v session_access");

    await migrator.down({ to: 0 });
    expect(await catalogue()).to.deep.equal([]);
    expect(await noted()).to.deep.equal([]);

    expect(await migrate(sequelize)).to.deep.equal(all);
    expect(await catalogue()).to.deep.equal(full);
    expect(await migrate(sequelize)).to.deep.equal([]);
  });

  it("are run by the release command, which says what it applied and fails aloud", async () => {
    const env = { ...process.env, DATABASE_URL: database.url };
    const args = [programOf("server/database/migrate.ts")];
    const run = () => promisify(execFile)(process.execPath, args, { env });

    const { stdout } = await run();
    expect(await catalogue()).to.include("v session_access");
    expect(stdout).to.equal(
      `${(await noted()).map((name) => `applied ${name}\n`).join("")}The database is up to date.\n`,
    );

    env.DATABASE_URL = database.url.replace("/test_", "/missing_");
    const failure = await run().catch((error: unknown) => error);
    expect(failure).to.have.property("code", 1);
    expect(failure)
      .to.have.property("stderr")
      .that.matches(
        /^The PostgreSQL of DATABASE_URL cannot be used: database "missing_\w+" does not exist\. .+\n$/,
      );
  });

  it("each undo exactly what they did", async () => {
    const migrator = createMigrator(sequelize);
    for (const { name } of await migrator.pending()) {
      const before = await catalogue();
      await migrator.up({ step: 1 });
      const after = await catalogue();
      expect(after, name).not.to.deep.equal(before);

      await migrator.down({ step: 1 });
      expect(await catalogue(), name).to.deep.equal(before);

      await migrator.up({ step: 1 });
      expect(await catalogue(), name).to.deep.equal(after);
    }
  });

  it("run once each when several nodes boot at once on an empty database", async () => {
    const all = (await createMigrator(sequelize).pending()).map(({ name }) => name);
    await sequelize.query("DROP TABLE migrations");

    const nodes = [1, 2, 3].map(
      () => new Sequelize(database.url, { dialect: "postgres", logging: false }),
    );
    try {
      const applied = await Promise.all(nodes.map((node) => migrate(node)));
      expect(applied.flat()).to.deep.equal(all);
      expect(await noted()).to.deep.equal(all);
    } finally {
      await Promise.all(nodes.map((node) => node.close()));
    }
  });

  // 0002_agents makes another type before the one that is in the way.
  for (const [failing, obstruct, clear] of [
    [
      "a migration",
      "CREATE TYPE enum_agents_visibility AS ENUM ('in the way')",
      "DROP TYPE enum_agents_visibility",
    ],
    [
      "the note that it ran",
      "ALTER TABLE migrations ADD CONSTRAINT obstacle CHECK (name <> '0002_agents')",
      "ALTER TABLE migrations DROP CONSTRAINT obstacle",
    ],
  ] as const) {
    it(`leave nothing behind when ${failing} fails, so that it can be run again`, async () => {
      const migrator = createMigrator(sequelize);
      await migrator.up({ to: "0001_users" });
      const before = await catalogue();

      await sequelize.query(obstruct);
      const failure = await migrate(sequelize).catch((error: unknown) => error);
      expect(String(failure)).to.include("0002_agents");
      await sequelize.query(clear);

      expect(await catalogue()).to.deep.equal(before);
      expect(await noted()).to.deep.equal(["0001_users"]);
      expect((await migrate(sequelize))[0]).to.equal("0002_agents");
    });
  }
});
