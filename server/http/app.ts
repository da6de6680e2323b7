import express, { type Express, type Request, type Response } from "express";
import helmet from "helmet";
import { pinoHttp } from "pino-http";
import { v7 as uuidv7 } from "uuid";
import { CommandError } from "../../contract/errors.ts";
import { commandRoutes } from "./commands.ts";
import { docs } from "./docs.ts";
import { health } from "./health.ts";
import { home } from "./home.ts";
import type { HttpOptions } from "./options.ts";
import { sendProblem } from "./problem.ts";

/** Makes the HTTP side of a node: the API, its reference, the health checks and the page. */
export function createApp(options: HttpOptions): Express {
  const { logger, originAllowed } = options;
  const app = express();
  app.set("trust proxy", options.trustProxy);
  app.set("query parser", "simple");
  app.use(
    pinoHttp({
      logger,
      genReqId: (_request, response) => {
        const id = uuidv7();
        response.setHeader("X-Request-Id", id);
        return id;
      },
      // The headers hold the token, and a URL's query may hold anything.
      wrapSerializers: false,
      serializers: {
        req: (request: Request) => ({
          id: request.id,
          method: request.method,
          path: request.originalUrl.split("?")[0],
          ip: request.ip,
        }),
        res: (response: Response) => ({ status: response.statusCode }),
      },
      // A part that is away is told once, by who finds it away, not by every request that meets it.
      customLogLevel: (_request, { statusCode }) =>
        statusCode >= 500 && statusCode !== 503 ? "error" : "debug",
    }),
  );
  app.use(
    helmet({
      contentSecurityPolicy: {
        directives: {
          defaultSrc: ["'self'"],
          connectSrc: ["'self'"],
          imgSrc: ["'self'", "data:"],
          // The API reference sets style attributes; scripts stay strictly our own files.
          styleSrc: ["'self'", "'unsafe-inline'"],
          // The default would turn the links of a server without TLS into ones that fail.
          upgradeInsecureRequests: null,
        },
      },
      strictTransportSecurity: false,
    }),
  );
  app.use((request, response, next) => {
    const { origin, host } = request.headers;
    response.vary("Origin");
    if (!originAllowed(origin, host)) {
      throw new CommandError(
        "forbidden",
        "Pages of this origin may not use this server; see ALLOWED_ORIGINS",
      );
    }
    if (origin !== undefined) {
      response.setHeader("Access-Control-Allow-Origin", origin);
      response.setHeader(
        "Access-Control-Allow-Headers",
        "Authorization, Content-Type, Last-Event-ID",
      );
      response.setHeader("Access-Control-Allow-Methods", "GET, POST, PUT, PATCH, DELETE");
      response.setHeader("Access-Control-Expose-Headers", "Retry-After, X-Request-Id");
    }
    if (request.method === "OPTIONS") response.status(204).end();
    else next();
  });
  app.use(health(options.parts));
  app.use("/api/v1", commandRoutes(options));
  app.use(docs());
  app.use(home());
  app.use((request) => {
    throw new CommandError(
      "not_found",
      `There is nothing at ${request.method} ${request.path.slice(0, 200)}`,
    );
  });
  app.use(sendProblem(logger));
  return app;
}
