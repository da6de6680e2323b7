import { Connection, type ConnectionOptions } from "./connection.ts";
import { type Nouns, nounsOf } from "./nouns.ts";
import { Session } from "./session.ts";
import { memoryStore, type Store } from "./store.ts";

export interface ClientOptions extends ConnectionOptions {
  /** Keeps how far each session was told and what it came to; nothing outlives the process unless told. */
  readonly store?: Store;
}

/** Every command as a method; `session` is also called with an id, for the session itself. */
type Methods = Omit<Nouns, "session"> & {
  readonly session: Nouns["session"] & ((session_id: string) => Session);
};

// A class may extend what is typed as having all the methods; they are put there by its constructor.
const ConnectionWithMethods = Connection as unknown as new (
  options: ConnectionOptions,
) => Connection & Methods;

/**
 * A connection to a Taskmaster server: `client.message.post(input)` and every other command of the
 * contract as a method, and `client.session(id)` to follow a session.
 */
export class Client extends ConnectionWithMethods {
  /**
   * Starts connecting at once; commands wait for the connection.
   * @throws TypeError where the URL is none of a server
   */
  constructor({ store = memoryStore(), ...options }: ClientOptions) {
    super(options);
    // A bot comes into ever new sessions; those that nobody holds or follows any more are forgotten.
    const sessions = new Map<string, WeakRef<Session>>();
    const forget = new FinalizationRegistry((id: string) => {
      if (!sessions.get(id)?.deref()) sessions.delete(id);
    });
    const sessionOf = (session_id: string): Session => {
      if (typeof session_id !== "string") {
        throw new TypeError(`client.session takes a session's id, not ${session_id}`);
      }
      // As the server writes it; people may not.
      const id = session_id.toLowerCase();
      const known = sessions.get(id)?.deref();
      if (known) return known;
      const session = new Session(this, id, store);
      sessions.set(id, new WeakRef(session));
      forget.register(session, id);
      return session;
    };
    const nouns = nounsOf((name, input, options) => this.command(name, input, options));
    const session = Object.assign(sessionOf, nouns.session);
    Object.assign(this, nouns, { session });
  }
}
