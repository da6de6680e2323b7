import type { RequestListener, ServerResponse } from "node:http";
import { type Model, type ModelStatic, Op } from "sequelize";
import type { openTables } from "./tables.ts";

/** Who follows sessions over HTTP as Server-Sent Events. */
export interface Events {
  /** Answers `GET /api/v1/sessions/:session_id/stream?after=`. */
  readonly listener: RequestListener;
  /** Tells everybody who follows the session of a message. */
  publish(session_id: string, message: object): void;
}

/**
 * The event stream that everyone writes by hand: the history, and then each message as it comes.
 * @param cursor the column by which a client says how far it has read
 */
export function naiveEvents(
  { AccessToken, Message }: Awaited<ReturnType<typeof openTables>>,
  cursor: "id" | "seq",
): Events {
  const followers = new Map<string, Set<ServerResponse>>();
  const eventOf = (message: object) =>
    `id: ${(message as Record<string, unknown>)[cursor]}\ndata: ${JSON.stringify(message)}\n\n`;

  return {
    async listener(request, response) {
      try {
        const { pathname, searchParams } = new URL(request.url!, "http://localhost");
        const [, session_id] = /^\/api\/v1\/sessions\/([^/]+)\/stream$/.exec(pathname) ?? [];
        if (!session_id) return response.writeHead(404).end();
        const token = request.headers.authorization?.replace("Bearer ", "");
        if (!(await AccessToken.findByPk(token))) return response.writeHead(401).end();

        const together = followers.get(session_id) ?? new Set();
        followers.set(session_id, together.add(response));
        response.on("close", () => together.delete(response));
        response.setHeader("Content-Type", "text/event-stream");
        const history = await (Message as ModelStatic<Model>).findAll({
          where: { session_id, [cursor]: { [Op.gt]: searchParams.get("after") } },
          order: [[cursor, "ASC"]],
        });
        for (const message of history) response.write(eventOf(message.toJSON()));
        response.flushHeaders();
      } catch (error) {
        response.destroy(error as Error);
      }
    },

    publish(session_id, message) {
      const event = eventOf(message);
      for (const response of followers.get(session_id) ?? []) response.write(event);
    },
  };
}
