import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { speakerOf } from "../../cli/history.ts";
import { readRecording } from "../../cli/read_recording.ts";

describe("a recording", () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "recording-"));
  });
  after(() => rm(folder, { recursive: true }));

  it("has the speakers of a history, its question as title, and every word of it", async () => {
    const file = fileURLToPath(new URL("history.json", import.meta.url));
    const { title, agents, entries } = await readRecording(file);
    expect(title).to.equal("Which bulbs go into the round bed?");
    expect(agents.map((agent) => agent.name)).to.deep.equal(["human", "Gardener", "Botanist"]);
    expect(entries).to.have.length(5);
    expect(entries[1]).to.deep.equal({
      kind: "message",
      sender_agent_id: "Gardener",
      content: "Round bed: half shade, heavy soil.\n",
      tool_call: null,
    });
  });

  it("names a speaker by name, or else by role without its last remark in brackets", () => {
    expect(speakerOf({ name: "Ada", role: "user" })).to.equal("Ada");
    expect(speakerOf({ name: " ", role: "Orchestrator (-> WebSurfer)" })).to.equal("Orchestrator");
    expect(speakerOf({ role: "Coder (v2) (thought)" })).to.equal("Coder (v2)");
    expect(speakerOf({ role: "(thought)" })).to.equal("(thought)");
  });

  const header = JSON.stringify({
    taskmaster_export: 1,
    session: {
      id: "01940000-0000-7000-8000-000000000001",
      title: "Bulbs",
      team_id: null,
      agent_ids: [],
      tool_ids: null,
      status: "active",
      created_by: "01940000-0000-7000-8000-000000000002",
      head_seq: 2,
      created_at: "2027-01-01T00:00:00.000Z",
      updated_at: "2027-01-01T00:00:00.000Z",
    },
    agents: [],
    exported_at: "2027-01-01T00:00:00.000Z",
  });
  const comment = (seq: number) =>
    JSON.stringify({
      kind: "comment",
      id: "01940000-0000-7000-8000-000000000003",
      session_id: "01940000-0000-7000-8000-000000000001",
      seq,
      user_id: "01940000-0000-7000-8000-000000000002",
      content: "Yes",
      created_at: "2027-01-01T00:00:00.000Z",
    });
  const message = comment(2)
    .replace("comment", "message")
    .replace('"user_id"', '"tool_call":null,"sender_agent_id"');

  const bad: [what: string, content: string, says: RegExp][] = [
    ["something else than JSON", "Dear diary", /not JSON/],
    ["a fault in its JSON", '{"history": [\n{"role" "a"}]}', /line 2: not JSON/],
    ["no history", "{}", /history: /],
    ["an empty history", '{"history": []}', /history: nobody/],
    [
      "a content that is no text",
      '{"history":[{"role":"a","content":1}]}',
      /history\[0\]\.content/,
    ],
    ["nobody's name", '{"history":[{"role":" ","content":""}]}', /history\[0\]\.speaker/],
    ["a NUL", '{"history":[{"role":"a","content":"\\u0000"}]}', /history\.0\.content.*NUL/],
    ["an unknown header", '{"taskmaster_export":2}', /line 1: taskmaster_export/],
    ["a broken line", `${header}\n${comment(1)}\n{"kind":`, /line 3: not JSON/],
    ["an unknown kind", `${header}\n${comment(1).replace("comment", "song")}`, /line 2: kind/],
    ["a gap", `${header}\n${comment(2)}`, /line 2: entry 1 should be here, not 2/],
    ["an end too early", `${header}\n${comment(1)}\n`, /line 3: cut short: entry 2/],
    [
      "an unknown speaker",
      `${header}\n${comment(1)}\n${message}`,
      /line 3: the header has no agent/,
    ],
  ];
  for (const [what, content, says] of bad) {
    it(`with ${what} is refused, naming the file and the place`, async () => {
      const file = join(folder, "bad.json");
      await writeFile(file, content);
      const error = await readRecording(file).catch((error: Error) => error);
      expect(error).to.be.instanceOf(Error);
      expect((error as Error).message)
        .to.match(says)
        .and.to.include(`${file}: `);
    });
  }
});
