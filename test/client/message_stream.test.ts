import { expect } from "chai";
import { MessageStream } from "../../client/message_stream.ts";
import { CommandError } from "../../contract/errors.ts";

describe("a message that is streamed", () => {
  it("is posted whole, and shown no further, where showing it is refused", async () => {
    let asked = 0;
    let refuse!: () => void;
    const refused = new Promise<void>((resolve) => {
      refuse = resolve;
    });
    const send = async () => {
      asked += 1;
      refuse();
      throw new CommandError("forbidden", "Name an agent of this session that you may speak as");
    };
    const stream = new MessageStream(new AbortController().signal, send, async (text) => text);
    stream.write("a");
    await refused;
    // Longer than it waits before it tries again.
    await new Promise((resolve) => setTimeout(resolve, 300));
    stream.write("b");
    expect(asked).to.equal(1);
    expect(await stream.end()).to.equal("ab");
  });
});
