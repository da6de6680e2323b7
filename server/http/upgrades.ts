import type { Server as HttpServer, IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";

/**
 * Serves requests that ask to go on in another protocol, which only Socket.IO does, as if they had not
 * asked: a server may ignore that (RFC 9110, section 7.8). Java's HTTP client asks so each time, for
 * HTTP/2. Node decides for all requests at once whether it ignores it or leaves them to listeners.
 * @param isServed whether somebody else takes a request's upgrade
 */
export function ignoreUpgrades(
  http: HttpServer,
  isServed: (request: IncomingMessage) => boolean,
): void {
  http.on("upgrade", (request: IncomingMessage, connection: Duplex, body: Buffer) => {
    if (isServed(request)) return;
    connection.unshift(Buffer.concat([headOf(request), body]));
    // To Node this is a new connection, of which it reads the request anew.
    http.emit("connection", connection);
  });
}

/** The request's first lines, as they came but for the wish. */
function headOf({ method, url, httpVersion, rawHeaders }: IncomingMessage): Buffer {
  const lines = [`${method} ${url} HTTP/${httpVersion}`];
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]!;
    const value = rawHeaders[index + 1]!;
    if (name.toLowerCase() !== "upgrade") lines.push(`${name}: ${value}`);
  }
  return Buffer.from(`${lines.join("\r\n")}\r\n\r\n`, "latin1");
}
