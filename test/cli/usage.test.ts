import { expect } from "chai";
import { run } from "./room.ts";

const session = "01940000-0000-7000-8000-000000000001";

describe("taskmaster, used wrongly,", () => {
  const wrong: [args: string[], says: RegExp][] = [
    [[], /Usage: taskmaster/],
    [["sing"], /unknown command 'sing'/],
    [["follow"], /missing required argument 'session'/],
    [["session"], /Usage: taskmaster session/],
    [["agent", "create", "Ada"], /required option '--type <type>' not specified/],
    [["agent", "create", "Ada", "--type", "robot"], /Allowed choices are user_proxy, assistant/],
    [["agent", "create", "Ada", "--type", "custom", "--config", "{"], /It must be JSON/],
    [["follow", session, "--after", "-1"], /must be a whole number/],
    [["replay", "file.json", "--pace", "0"], /messages a second such as/],
    [["export", session, "--url", "localhost"], /must be a URL such as/],
  ];
  for (const [args, says] of wrong) {
    it(`exits 2 and says why: ${args.join(" ") || "(nothing)"}`, async () => {
      const { code, stdout, stderr } = await run(args);
      expect(stderr).to.match(says);
      expect(stdout).to.equal("");
      expect(code).to.equal(2);
    });
  }

  it("exits 3 and says what to do without an access token", async () => {
    const { code, stderr } = await run(["export", session]);
    expect(stderr).to.match(/^taskmaster: no access token: sign in with `taskmaster login`.*\n$/);
    expect(code).to.equal(3);
  });

  it("exits 5 and says so when no server answers", async () => {
    const nowhere = { url: "http://127.0.0.1:9", token: "tm_" };
    const { code, stderr } = await run(["export", session], nowhere);
    expect(stderr).to.match(/no Taskmaster server answers at http:\/\/127\.0\.0\.1:9/);
    expect(code).to.equal(5);
  });
});
