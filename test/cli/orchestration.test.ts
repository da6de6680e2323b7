import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { outcomeOf } from "../../server/orchestration/consensus/settle.ts";
import { run } from "./room.ts";

describe("taskmaster, without a server,", () => {
  let folder: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "taskmaster_test_"));
  });

  after(() => rm(folder, { recursive: true }));

  async function file(name: string, content: unknown): Promise<string> {
    const path = join(folder, name);
    await writeFile(path, JSON.stringify(content));
    return path;
  }

  const team = {
    type: "round_robin",
    members: ["Ada", { name: "Bob", role_in_team: "member" }],
    termination_condition_type: "text_mention",
    termination_condition_config: { text: "DONE" },
  };

  it("simulates a team: who spoke, what was said, and why it stopped", async () => {
    const path = await file("team.json", team);
    const script = await file("script.json", { Bob: [{ content: "we are DONE" }] });
    const args = ["simulate", path, "--task", "go", "--script", script];
    const { code, stdout } = await run([...args, "--json"]);
    const reason = "Text 'DONE' mentioned";
    expect(JSON.parse(stdout)).to.deep.equal({
      messages: [
        { source: "user", content: "go" },
        { source: "Ada", content: "Ada#1" },
        { source: "Bob", content: "we are DONE" },
      ],
      stop: { code: "text_mention", reason, conditions: [{ code: "text_mention", reason }] },
    });
    expect(code).to.equal(0);
    expect((await run(args)).stdout).to.equal(
      `user: go\nAda: Ada#1\nBob: we are DONE\nstopped (text_mention): ${reason}\n`,
    );
  });

  it("exits 1 for a team that never comes to its end", async () => {
    const { termination_condition_type: _, termination_condition_config: __, ...endless } = team;
    const path = await file("endless.json", endless);
    const { code, stderr } = await run(["simulate", path, "--task", "go"]);
    expect(stderr).to.match(
      /^taskmaster: the team does not come to its end: The run has not stopped/,
    );
    expect(code).to.equal(1);
  });

  it("names what is wrong with a team that cannot be simulated", async () => {
    const path = await file("bad.json", { ...team, termination_condition_config: {} });
    const { code, stderr } = await run(["simulate", path, "--task", "go"]);
    expect(stderr).to.match(/bad\.json is no team that works: termination_condition_config\.text/);
    expect(code).to.equal(1);
  });

  const decided = () => {
    const ballots = ["tea", "tea", "coffee"].map((choice, at) => ({ voter: `v${at}`, choice }));
    const question = { options: ["tea", "coffee"], voters: ballots.map(({ voter }) => voter) };
    return outcomeOf({ type: "democratic", config: { rule: "majority" } }, question, ballots);
  };

  it("computes a decision again from its record, also from its entry", async () => {
    for (const record of [decided(), { outcome: decided() }, { data: decided() }]) {
      const { code, stdout } = await run(["tally", await file("decision.json", record)]);
      expect(stdout).to.match(/^majority: tea\n/);
      expect(code).to.equal(0);
    }
  });

  it("exits 1 when a decision was recorded with another result than its ballots give", async () => {
    const path = await file("forged.json", { ...decided(), winner: "coffee" });
    const { code, stderr } = await run(["tally", path]);
    expect(stderr).to.match(/was recorded with another winner/);
    expect(code).to.equal(1);
  });
});
