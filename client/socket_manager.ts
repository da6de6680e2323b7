import { Manager } from "socket.io-client";

/** What a server takes in one frame unless told otherwise (MAX_FRAME_BYTES). */
const FRAME_BYTES = 16_777_216;

/** Socket.IO's, which also knows how large a frame the server takes. */
export class SocketManager extends Manager {
  /** Of one frame, in bytes: a server ends the connection over which a larger one comes. */
  mostBytes = FRAME_BYTES;

  override open(done?: (error?: Error) => void): this {
    super.open(done);
    this.engine.once("handshake", ({ maxPayload }) => {
      this.mostBytes = maxPayload;
    });
    return this;
  }
}
