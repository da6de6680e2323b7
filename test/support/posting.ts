import type { TestClient } from "./client.ts";

/** Posts that one client keeps under way, so that the server has something to group. */
const UNDER_WAY = 128;

/**
 * Posts comments as fast as they are answered, shared out among the clients.
 * @param content makes the text of the comment with this number
 * @returns seconds it took
 * @throws CommandError as soon as one is refused
 */
export async function postComments(
  clients: readonly TestClient[],
  session_id: string,
  count: number,
  content: (number: number) => string,
): Promise<number> {
  const started = performance.now();
  let next = 0;
  const lane = async (client: TestClient) => {
    while (next < count) {
      const number = next;
      next += 1;
      await client.call("comment.post", { session_id, content: content(number) });
    }
  };
  await Promise.all(
    clients.flatMap((client) => Array.from({ length: UNDER_WAY }, () => lane(client))),
  );
  return (performance.now() - started) / 1000;
}
