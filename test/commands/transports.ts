import { expect } from "chai";
import { type CommandName, commands } from "../../contract/commands.ts";
import { type ErrorBody, errors } from "../../contract/errors.ts";
import { sendHttp } from "../support/http.ts";
import type { Person } from "./world.ts";

export type Reply = { ok: true; data: unknown } | { ok: false; error: ErrorBody };

/** A way to send commands; its replies look the same whichever it is. */
export interface Transport {
  readonly name: string;
  serves(command: CommandName): boolean;
  send(url: string, person: Person, command: CommandName, input: object): Promise<Reply>;
}

export const socketIo: Transport = {
  name: "Socket.IO",
  serves: () => true,
  send: (_url, person, command, input) => person.client.send(command, input),
};

export const http: Transport = {
  name: "HTTP",
  serves: (command) => commands[command].http !== null,
  async send(url, person, command, input) {
    const { status, headers, body } = await sendHttp(url, person.token, command, input);
    if (status < 400) {
      expect(status).to.equal(commands[command].http?.startsWith("POST") ? 201 : 200);
      return { ok: true, data: body };
    }
    const { type, title, detail, status: said, ...rest } = body as Record<string, never>;
    const error = { ...rest, message: detail } as unknown as ErrorBody;
    expect(headers.get("content-type")).to.match(/^application\/problem\+json/);
    expect({ type, said }).to.deep.equal({ type: "about:blank", said: status });
    expect(title).to.be.a("string");
    expect(status).to.equal(errors[error.code].status);
    return { ok: false, error };
  },
};
