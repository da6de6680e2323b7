import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import pg from "pg";
import { AppendConnection } from "../server/database/append_connection.ts";
import { connect } from "../server/database/connection.ts";
import { migrate } from "../server/database/migrator.ts";
import type { Sql } from "../server/database/sql.ts";
import { Appender } from "../server/stream/append.ts";
import { startOn } from "./cores.ts";
import { textOf } from "./load/text.ts";
import type { Declaration, Result } from "./report/result.ts";

/** Without a server, what would be the limit of one that has this database. */
export const postgresAlone: Declaration = {
  title: "PostgreSQL alone, by pgbench",
  figures: {
    rows: { title: "posts stored", unit: "/s", better: "higher" },
    transactions: { title: "transactions", unit: "/s", better: "higher" },
  },
  ratio_of: "rows",
};

const SESSIONS = 100;
/**
 * Stands for the number of the transaction in ids and places of the recorded statements, so that
 * those of each transaction are new: an id ends in it and five digits, a place in it and three.
 */
const TRANSACTION = 1_000_000;

/** A statement and the values bound to it, as the server sent it. */
interface Statement {
  readonly text: string;
  values: readonly unknown[];
}

interface Script {
  readonly variant: string;
  /** Rows of one transaction. */
  readonly rows: number;
  readonly connections: number;
  readonly sql: string;
}

/** Resolves with what pgbench calls itself, or null where there is none. */
export async function findPgbench(): Promise<string | null> {
  return promisify(execFile)("pgbench", ["--version"]).then(
    ({ stdout }) => stdout.trim(),
    () => null,
  );
}

/**
 * Measures how fast PostgreSQL stores posts when nobody serves anybody.
 * @param url of an empty database
 * @param cores where pgbench runs; anywhere with undefined
 * @param seconds of each measurement
 */
export async function measurePostgres(
  url: string,
  cores: string | undefined,
  rounds: number,
  seconds: number,
): Promise<Result[]> {
  const scripts = await makeScripts(url);
  const folder = await mkdtemp(join(tmpdir(), "taskmaster_pgbench_"));
  const results: Result[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    for (const { variant, rows, connections, sql } of scripts) {
      const file = join(folder, "script.sql");
      await writeFile(file, sql);
      const jobs = ["-c", String(connections), "-T", String(seconds), "-D", `n=${round}000000`];
      const [program, args] = startOn(cores, ["pgbench", "-n", ...jobs, "-f", file, url]);
      const { stdout } = await promisify(execFile)(program, args);
      const transactions = Number(/^tps = ([\d.]+)/m.exec(stdout)![1]);
      const figures = { rows: transactions * rows, transactions };
      results.push({
        ...{ workload: "postgres", variant, peer: "pgbench", round },
        ...{ figures, cpu: null },
      });
    }
  }
  await rm(folder, { recursive: true });
  return results;
}

async function makeScripts(url: string): Promise<Script[]> {
  const sequelize = connect(url, 2);
  await migrate(sequelize).finally(() => sequelize.close());
  const database = new pg.Client(url);
  await database.connect();
  const user_id = randomUUID();
  const { rows } = await database.query<{ id: string }>(
    `WITH owner AS (INSERT INTO users (id, email, name) VALUES ('${user_id}', 'a@example.org', 'Ada')),
          made AS (
       INSERT INTO sessions (id, title, head_seq, created_by)
       SELECT gen_random_uuid(), 'Bench', ${TRANSACTION}000, '${user_id}'
         FROM generate_series(1, ${SESSIONS}) RETURNING id
     )
     INSERT INTO session_members (id, session_id, user_id, role)
     SELECT gen_random_uuid(), id, '${user_id}', 'owner' FROM made RETURNING session_id AS id`,
  );
  await database.query("ANALYZE");
  const sessions = rows.map(({ id }) => id);
  const appending = new AppendConnection(url);
  const scripts: Script[] = [];
  // The first makes the person's agent, which is not part of posting.
  for (const [index, count] of [1, 1000, 100].entries()) {
    const statements = await record(appending, user_id, sessions, count, index * 10_000);
    if (index === 0) continue;
    for (const statement of statements) await writeAsText(statement, database);
    const variant = `the server's statements, ${count} posts a transaction`;
    scripts.push({ variant, rows: count, connections: 1, sql: scriptOf(statements) });
  }
  await appending.close();
  const agent_id = (await database.query("SELECT id FROM agents")).rows[0].id;
  for (const connections of [1, 32]) {
    const variant = `single rows, ${connections} ${connections === 1 ? "connection" : "connections"}`;
    const sql = singleRow(sessions[connections]!, agent_id);
    scripts.push({ variant, rows: 1, connections, sql });
  }
  await database.end();
  return scripts;
}

/** Lets the server's own code store posts, evenly over the sessions, and keeps what it sent. */
async function record(
  appending: AppendConnection,
  user_id: string,
  sessions: readonly string[],
  count: number,
  firstId: number,
): Promise<Statement[]> {
  const statements: Statement[] = [];
  const appender = new Appender({
    lanes: [
      (work) =>
        appending.transact((sql) => {
          const recording: Sql = (text, values) => {
            statements.push({ text, values });
            return sql(text, values);
          };
          return work(recording);
        }),
    ],
    queueBytes: Number.POSITIVE_INFINITY,
    publish: () => {},
  });
  const posts = Array.from({ length: count }, (_, index) => {
    const session_id = sessions[index % sessions.length]!;
    const number = String(firstId + index).padStart(5, "0");
    const id = `00000000-0000-7000-8000-${TRANSACTION}${number}`;
    return appender.post({
      ...{ session_id, id, identity: { user_id, agent_id: null }, bytes: 400 },
      admit: () => {},
      draft: ({ proxy_agent_id }) => ({
        ...{ kind: "message", session_id, id, sender_agent_id: proxy_agent_id! },
        ...{ content: textOf(index), tool_call: null },
      }),
    });
  });
  await Promise.all(posts);
  return statements;
}

/** pgbench sends no arrays in binary, so PostgreSQL is asked what they are as text. */
async function writeAsText(statement: Statement, database: pg.Client): Promise<void> {
  const { text, values } = statement;
  if (!values.some(Buffer.isBuffer)) return;
  const columns = values.map((_, at) => `$${at + 1}${typeOf(text, at + 1)}::text`);
  const { rows } = await database.query({
    text: `SELECT ${columns.join(", ")}`,
    values: [...values],
    rowMode: "array",
  });
  statement.values = rows[0]!;
}

/** One message to PostgreSQL a transaction, with each statement prepared by its first. */
function scriptOf(statements: readonly Statement[]): string {
  const prepared = statements.map(({ text }, index) => `PREPARE s${index} AS ${text};`);
  const executed = statements.map(({ text, values }, index) => {
    const given = values.map((value, at) => argument(value, typeOf(text, at + 1)));
    return `EXECUTE s${index}${given.length > 0 ? `(${given.join(", ")})` : ""}`;
  });
  return [
    "\\set first :n % 1000000 = 0",
    "\\set n :n + 1",
    "\\if :first",
    ...prepared,
    "\\endif",
    `${["BEGIN", ...executed, "COMMIT"].join("\\;\n")};`,
    "",
  ].join("\n");
}

/** The type a statement casts a parameter to, where that is an array. */
function typeOf(text: string, parameter: number): string {
  return new RegExp(`\\$${parameter}(::\\w+\\[\\])`).exec(text)?.[1] ?? "";
}

function argument(value: unknown, type: string): string {
  const text = String(value);
  const parts = text.split(String(TRANSACTION));
  if (parts.length === 1) return pg.escapeLiteral(text);
  return `replace(${pg.escapeLiteral(parts.join("@"))}, '@', ':n')${type}`;
}

/** What is written by hand: the row's number and the row, one message after another. */
function singleRow(session_id: string, agent_id: string): string {
  return [
    "\\set n :n + 1",
    `INSERT INTO messages (id, session_id, seq, sender_agent_id, content)
     VALUES (gen_random_uuid(), '${session_id}', 10000000000 * :client_id + :n, '${agent_id}', '${textOf(1)}');`,
    "",
  ].join("\n");
}
