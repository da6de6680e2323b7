import { expect } from "chai";
import { run } from "./room.ts";

const session = "01940000-0000-7000-8000-000000000001";

describe("taskmaster, used wrongly,", () => {
  const wrong: [args: string[], says: RegExp][] = [
    [[], /Usage: taskmaster/],
    [["sing"], /unknown command 'sing'/],
    [["follow"], /missing required argument 'session'/],
    [["follow", "mine"], /A session's id is a UUID/],
    [["follow", session, "--after", "-1"], /must be a whole number/],
    [["replay", "file.json", "--pace", "0"], /messages a second such as/],
    [["export", session, "--url", "localhost"], /must be a URL such as/],
    [["export", session], /no access token: pass --token or set TASKMASTER_TOKEN/],
  ];
  for (const [args, says] of wrong) {
    it(`exits 2 and says why: ${args.join(" ") || "(nothing)"}`, async () => {
      const { code, stdout, stderr } = await run(args);
      expect(stderr).to.match(says);
      expect(stdout).to.equal("");
      expect(code).to.equal(2);
    });
  }

  it("exits 1 and says so when no server answers", async () => {
    const nowhere = { url: "http://127.0.0.1:9", token: "tm_" };
    const { code, stderr } = await run(["export", session], nowhere);
    expect(stderr).to.match(/no Taskmaster server answers at http:\/\/127\.0\.0\.1:9/);
    expect(code).to.equal(1);
  });
});
