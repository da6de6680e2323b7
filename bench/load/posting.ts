import type { Bench } from "./bench.ts";
import type { Client } from "./client.ts";
import type { Latencies } from "./latencies.ts";

/** Somebody who posts to a session. */
export interface Writer {
  readonly client: Client;
  readonly session_id: string;
}

/**
 * Lets writers post for some time, each always with so many posts on the way.
 * @param latencies gets the milliseconds from each post to its acknowledgement
 * @returns how many were posted, when all of them are acknowledged
 */
export async function postFor(
  bench: Bench,
  writers: readonly Writer[],
  inFlight: number,
  seconds: number,
  latencies?: Latencies,
): Promise<number> {
  const end = performance.now() + seconds * 1000;
  let posted = 0;
  const writes = writers.map(
    ({ client, session_id }) =>
      new Promise<void>((resolve) => {
        let waiting = 0;
        const post = () => {
          const sent = performance.now();
          posted += 1;
          waiting += 1;
          client.post(session_id, bench.nextText(), () => {
            const now = performance.now();
            latencies?.add(now - sent);
            waiting -= 1;
            if (now < end) post();
            else if (waiting === 0) resolve();
          });
        };
        client.batch(() => {
          for (let index = 0; index < inFlight; index += 1) post();
        });
      }),
  );
  await Promise.all(writes);
  return posted;
}
