import * as z from "zod";
import type { Command, Method } from "../../contract/command.ts";
import { commands } from "../../contract/commands.ts";
import { ErrorBody, errors } from "../../contract/errors.ts";
import { serverEvents } from "../../contract/signal.ts";
import { version } from "../package_root.ts";

type Schema = Record<string, unknown>;

const asSchema = (schema: z.ZodType, io: "input" | "output"): Schema => {
  const { $schema, ...json } = z.toJSONSchema(schema, { io, unrepresentable: "any" }) as Schema;
  return json;
};

let made: object | undefined;

/** The OpenAPI 3.1 document of every command that HTTP can execute, made from the declarations. */
export function openApi(): object {
  made ??= {
    openapi: "3.1.0",
    info: {
      title: "Taskmaster",
      version,
      description: overSockets(),
      license: { name: "MIT", identifier: "MIT" },
    },
    servers: [{ url: "/api/v1" }],
    security: [{ token: [] }],
    paths: paths(),
    components: {
      securitySchemes: { token: { type: "http", scheme: "bearer" } },
      schemas: { Problem: problem() },
    },
  };
  return made;
}

/** What this document has no other place for, in Markdown. */
function overSockets(): string {
  const only = Object.values(commands).filter(({ http }) => http === null);
  return [
    "Every command is also a Socket.IO event of its own name, with one input object and an " +
      "acknowledgement `{ ok: true, data } | { ok: false, error }`.",
    "## Over Socket.IO only",
    table(
      ["Command", "Input", "Answer", "What it does", "Who may", "Token scope"],
      only.map(({ name, input, output, summary, may, scope }) => [
        ...[`\`${name}\``, fieldsOf(input, "input"), fieldsOf(output, "output")],
        ...[summary, may, `\`${scope}\``],
      ]),
    ),
    "The server sends of its own accord:",
    table(
      ["Event", "What comes with it", "What it says"],
      Object.entries(serverEvents).map(([name, payload]) => [
        ...[`\`${name}\``, fieldsOf(payload, "output"), payload.description ?? ""],
      ]),
    ),
  ].join("\n\n");
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => "---"), ...rows].map((row) => `| ${row.join(" | ")} |`).join("\n");
}

/** The names of an object's fields. */
function fieldsOf(schema: z.ZodType, io: "input" | "output"): string {
  const { properties = {}, required = [] } = asSchema(schema, io) as {
    properties?: object;
    required?: string[];
  };
  const names = Object.keys(properties).map((name) =>
    required.includes(name) ? name : `${name}?`,
  );
  return `\`{ ${names.join(", ")} }\``.replace("{  }", "{}");
}

function paths(): Record<string, Record<string, object>> {
  const result: Record<string, Record<string, object>> = {};
  for (const command of Object.values(commands)) {
    if (command.http === null) continue;
    const [method, path] = command.http.split(" ") as [Method, string];
    const template = path.replace(/:(\w+)/g, "{$1}");
    result[template] ??= {};
    result[template][method.toLowerCase()] = operation(command, method, path);
  }
  return result;
}

function operation(command: Command, method: Method, path: string): object {
  const inPath = new Set([...path.matchAll(/:(\w+)/g)].map((match) => match[1]!));
  const { properties = {}, required = [] } = asSchema(command.input, "input") as {
    properties?: Record<string, Schema>;
    required?: string[];
  };
  const fields = Object.entries(properties);
  const others = fields.filter(([field]) => !inPath.has(field));
  const hasBody = method === "POST" || method === "PUT" || method === "PATCH";
  // The reference shows what a parameter says of itself, and not what its schema says.
  const parameter = ([name, { description, ...schema }]: [string, Schema]) => ({
    name,
    in: inPath.has(name) ? "path" : "query",
    required: required.includes(name),
    ...(description !== undefined && { description }),
    schema,
  });
  const body = {
    required: others.some(([field]) => required.includes(field)),
    content: {
      "application/json": {
        schema: {
          type: "object",
          properties: Object.fromEntries(others),
          required: required.filter((field) => !inPath.has(field)),
          additionalProperties: false,
        },
      },
    },
  };
  return {
    operationId: command.name,
    tags: [command.name.split(".")[0]],
    summary: command.summary,
    description: `Who may: ${command.may}. Token scope: \`${command.scope}\`.`,
    parameters: fields.filter(([field]) => inPath.has(field) || !hasBody).map(parameter),
    ...(hasBody && others.length > 0 && { requestBody: body }),
    responses: {
      [method === "POST" ? "201" : "200"]: {
        description: "Done",
        content: {
          "application/json": { schema: asSchema(command.output, "output") },
          ...(command.name === "stream.read" && {
            "text/event-stream": {
              schema: { type: "string", description: "One entry an event; `id` is its seq" },
            },
          }),
        },
      },
      ...refusals(),
    },
  };
}

/** One response a status: where codes share one, the description names them all. */
function refusals(): Record<string, object> {
  const result: Record<string, { description: string; content: object }> = {};
  for (const [code, { status, meaning }] of Object.entries(errors)) {
    const known = result[status];
    result[status] = {
      description: `${known ? `${known.description}. ` : ""}\`${code}\`: ${meaning}`,
      content: {
        "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } },
      },
    };
  }
  return result;
}

function problem(): Schema {
  const { message, ...rest } = ErrorBody.shape;
  return asSchema(
    z.strictObject({
      type: z.string(),
      title: z.string(),
      status: z.int(),
      detail: message,
      ...rest,
    }),
    "output",
  );
}
