import { isUtf8 } from "node:buffer";
import express, { type NextFunction, type Request, type Response, Router } from "express";
import * as z from "zod";
import type { Method } from "../../contract/command.ts";
import { type CommandName, commands } from "../../contract/commands.ts";
import { CommandError } from "../../contract/errors.ts";
import type { Actor } from "../actions/action.ts";
import type { Executable } from "../execute.ts";
import { sendEvents } from "./events.ts";
import { openApi } from "./openapi.ts";
import type { HttpOptions } from "./options.ts";

/** The response to a request whose actor is known. */
type Known = Response<unknown, { actor: Actor }>;

const statusOf: Record<Method, number> = { GET: 200, POST: 201, PUT: 200, PATCH: 200, DELETE: 200 };

/** Mounts every command that has an HTTP method and path, and the OpenAPI document that describes them. */
export function commandRoutes(options: HttpOptions): Router {
  const router = Router();
  const { executeJson, authenticate } = options;
  router.get("/openapi.json", (_request, response) => {
    response.json(openApi());
  });

  // Before the body is read, so that nobody unknown can make the server hold one.
  const identify = async (request: Request, response: Known, next: NextFunction) => {
    const token = BEARER.exec(request.headers.authorization ?? "")?.[1];
    response.locals.actor = await authenticate(token);
    next();
  };
  // Strings escaped as \u0000 are six times their size, and the command's own check is exact.
  const limit = options.maxBytes * 6 + 1024;
  const readBody = express.json({ limit, strict: false, verify: assertUtf8 });
  for (const name of Object.keys(commands) as CommandName[]) {
    const { http } = commands[name];
    if (http === null) continue;
    const [method, path] = http.split(" ") as [Method, string];
    const handle = async (request: Request, response: Known) => {
      const { actor } = response.locals;
      const input = inputOf(name, method, request);
      if (
        name === "stream.read" &&
        // A HEAD, which Express routes here as well, would wait for the end of what has none.
        request.method === "GET" &&
        request.accepts(["json", "text/event-stream"]) === "text/event-stream"
      ) {
        return sendEvents(options, actor, input, request, response);
      }
      const output = await executeJson(name as Executable, actor, input);
      response.status(statusOf[method]).type("json").send(output);
    };
    router[method.toLowerCase() as Lowercase<Method>](path, identify, readBody, handle);
  }
  return router;
}

/** How a token is sent (RFC 6750, section 2.1; RFC 9110, section 11.4); all of it is the token. */
const BEARER = /^bearer +(.+)$/i;

/** Refuses what would be read with other characters than were sent; JSON is UTF-8 (RFC 8259, section 8.1). */
function assertUtf8(_request: unknown, _response: unknown, body: Buffer, encoding: string): void {
  if (encoding !== "utf-8" || !isUtf8(body)) {
    throw new CommandError("invalid_input", "The body is not UTF-8");
  }
}

/** One input object, as a socket would send it, from the path, the query and the body. */
function inputOf(name: CommandName, method: Method, request: Request): Record<string, unknown> {
  const query = typed(name, request.query);
  const body = bodyOf(method, request);
  const sources: object[] = [request.params, query, body];
  const fields = sources.flatMap((source) => Object.keys(source));
  const seen = new Set<string>();
  const twice = fields.find((field) => seen.size === seen.add(field).size);
  if (twice) throw new CommandError("invalid_input", `${twice} is given twice`);
  return { ...body, ...query, ...request.params };
}

function bodyOf(method: Method, request: Request): object {
  const { headers } = request;
  const takesBody = method !== "GET" && method !== "DELETE";
  const wanted = takesBody
    ? "Send the body as application/json"
    : `A ${method} has its fields in the path and the query; send no body`;
  const body: unknown = request.body;
  if (body === undefined) {
    const sent =
      headers["transfer-encoding"] !== undefined || Number(headers["content-length"]) > 0;
    if (sent) throw new CommandError("invalid_input", wanted);
    return {};
  }
  if (typeof body !== "object" || body === null || Array.isArray(body)) {
    throw new CommandError("invalid_input", "The body must be a JSON object");
  }
  if (!takesBody && Object.keys(body).length > 0) throw new CommandError("invalid_input", wanted);
  return body;
}

/** A query is all text; fields that the command declares as numbers or lists are read as such. */
function typed(name: CommandName, query: Request["query"]): Record<string, unknown> {
  const { shape } = commands[name].input;
  return Object.fromEntries(
    Object.entries(query).map(([field, text]) => {
      // Not what every object has: a query may well ask for "constructor".
      const schema = Object.hasOwn(shape, field) ? shape[field] : undefined;
      const type = schema && z.toJSONSchema(schema as z.ZodType, { unrepresentable: "any" }).type;
      if (type === "array") return [field, [text].flat()];
      const number =
        (type === "integer" || type === "number") && text !== "" ? Number(text) : Number.NaN;
      return [field, Number.isNaN(number) ? text : number];
    }),
  );
}
