import { once } from "node:events";
import { request } from "node:http";

/** A client of Engine.IO on HTTP polling, byte by byte, so that it can do what no library does. */
export interface PollingClient {
  /**
   * Sends packets.
   * @returns the status of the answer; 400 once the server has ended the connection
   */
  send(packets: readonly string[]): Promise<number>;
  /** Asks for what the server has to say. */
  poll(): Promise<string>;
}

/** Between packets of one request (Engine.IO protocol, revision 4). */
const SEPARATOR = "\x1e";

/** Opens a connection to a node; nothing is asked for by itself. */
export async function openPolling(url: string): Promise<PollingClient> {
  const ask = async (query: string, body?: string) => {
    const sent = request(`${url}/socket.io/?EIO=4&transport=polling${query}`, {
      method: body === undefined ? "GET" : "POST",
    });
    sent.end(body);
    const [response] = await once(sent, "response");
    let text = "";
    for await (const part of response) text += part;
    return { status: response.statusCode as number, text };
  };
  const { sid } = JSON.parse((await ask("")).text.slice(1));
  return {
    send: async (packets) => (await ask(`&sid=${sid}`, packets.join(SEPARATOR))).status,
    poll: async () => (await ask(`&sid=${sid}`)).text,
  };
}
