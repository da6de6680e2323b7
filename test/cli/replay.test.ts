import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { parseExport } from "../../cli/export_file.ts";
import { readRecording } from "../../cli/read_recording.ts";
import type { Recording } from "../../cli/recording.ts";
import type { Input } from "../../contract/commands.ts";
import { openRoom, type Room, run, sessionsIn } from "./room.ts";
import { comparable, sameStream } from "./same_stream.ts";

const fixture = fileURLToPath(new URL("history.json", import.meta.url));

describe("taskmaster replay", () => {
  let room: Room;
  let folder: string;
  before(async () => {
    room = await openRoom();
    folder = await mkdtemp(join(tmpdir(), "replay-"));
  });
  after(async () => {
    await rm(folder, { recursive: true });
    await room.close();
  });

  /** What `taskmaster export` says of a session, also kept as a file that replay can read. */
  const exported = async (session_id: string): Promise<{ file: string; recording: Recording }> => {
    const { code, stdout, stderr } = await run(["export", session_id], room);
    expect(stderr).to.equal("");
    expect(code).to.equal(0);
    const file = join(folder, `${session_id}.jsonl`);
    await writeFile(file, stdout);
    return { file, recording: parseExport(stdout) };
  };

  const replayed = async (...files: string[]): Promise<{ ids: string[]; stdout: string }> => {
    const { code, stdout, stderr } = await run(["replay", ...files], room);
    expect(stderr).to.equal("");
    expect(code).to.equal(0);
    return { ids: sessionsIn(stdout), stdout };
  };

  const count = async () => {
    const agents = await room.owner.command("agent.list", { limit: 200 });
    const sessions = await room.owner.command("session.list", { limit: 200 });
    return { agents: agents.data.length, sessions: sessions.data.length };
  };

  it("posts a history in order, each speaker by a bot of its own, and revokes their tokens", async () => {
    const before = await count();
    const { ids, stdout } = await replayed(fixture);
    expect(stdout).to.match(/^history\.json: session \S+: 5 entries by 3 bots in [\d.]+ s\n$/);
    const { recording } = await exported(ids[0]!);
    const original = await readRecording(fixture);
    expect(comparable(recording)).to.deep.equal(comparable(original));
    expect(recording.title).to.equal(original.title);
    expect(await count()).to.deep.equal({
      agents: before.agents + 3,
      sessions: before.sessions + 1,
    });
    const tokens = await room.owner.command("token.list", { limit: 200 });
    const bots = tokens.data.filter((token) => token.agent_id !== null);
    expect(bots).to.have.length(3);
    for (const bot of bots) expect(bot.revoked_at, bot.name).to.be.a("string");
  });

  it("keeps the pace it is told, over several files one after another", async () => {
    const { stdout } = await run(["replay", "--pace", "10", fixture, fixture], room);
    const seconds = [...stdout.matchAll(/in ([\d.]+) s/g)].map((match) => Number(match[1]));
    expect(seconds).to.have.length(2);
    for (const each of seconds) expect(each).to.be.within(0.4, 3);
  });

  it("makes nothing when one of the files is bad", async () => {
    const bad = join(folder, "bad.json");
    await writeFile(bad, '{"history":[{"role":"a"}]}');
    const before = await count();
    const { code, stderr } = await run(["replay", fixture, bad], room);
    expect(stderr).to.include(`${bad}: history[0].content`);
    expect(code).to.equal(1);
    expect(await count()).to.deep.equal(before);
  });

  it("makes nothing with a token that cannot make bots' tokens, and says so", async () => {
    const { token } = await room.owner.command("token.create", { name: "w", scope: "write" });
    const before = await count();
    const { code, stderr } = await run(["replay", fixture], { url: room.url, token });
    expect(stderr).to.include("scope write").and.to.include("scope full");
    expect(code).to.equal(4);
    expect(await count()).to.deep.equal(before);
  });

  it("gives an equal stream of an export, with every kind of entry and with what the server wrote", async () => {
    const original = await exported(await eventfulSession(room));
    const { ids, stdout } = await replayed(original.file);
    expect(stdout).to.not.include("not reproducible");
    const copy = await exported(ids[0]!);
    expect(comparable(copy.recording)).to.deep.equal(comparable(original.recording));
    expect(sameStream(copy.recording, original.recording)).to.equal(true);
    expect(copy.recording.title).to.equal("A bed for bulbs");
    const again = await exported((await replayed(copy.file)).ids[0]!);
    expect(comparable(again.recording)).to.deep.equal(comparable(original.recording));
  });

  it("sees a stream as another when an entry differs, is missing or changed places", async () => {
    const recording = await readRecording(fixture);
    const [first, second, ...rest] = recording.entries;
    const other = (...entries: Recording["entries"]) => ({ ...recording, entries });
    expect(sameStream(recording, other(first!, second!, ...rest))).to.equal(true);
    expect(sameStream(recording, other(second!, first!, ...rest))).to.equal(false);
    expect(sameStream(recording, other(first!, ...rest))).to.equal(false);
    const changed = { ...first!, content: "?" } as Recording["entries"][number];
    expect(sameStream(recording, other(changed, second!, ...rest))).to.equal(false);
  });

  it("counts what only the server could have written and nothing makes it write again", async () => {
    const session = await room.owner.command("session.create", { title: "Turns" });
    const { id: session_id } = session;
    const data = { event: "garden.opened" };
    const entry = { session_id, type: "action", message: "It opened", data } as const;
    await room.owner.command("log.post", entry);
    await room.owner.command("comment.post", { session_id, content: "At last" });
    const { recording } = await exported(session_id);
    expect(recording.entries).to.have.length(2);
    const { stdout: text } = await run(["export", session_id], room);
    const file = join(folder, "turns.jsonl");
    await writeFile(file, text.replace("garden.opened", "turn.opened"));
    const { ids, stdout } = await replayed(file);
    expect(stdout).to.match(/: 1 entries by 0 bots .*\n {2}not reproducible: 1 turn\.opened\n/);
    const copy = await exported(ids[0]!);
    expect(copy.recording.entries).to.deep.include({
      kind: "comment",
      user_id: session.created_by,
      content: "At last",
    });
  });

  it("replays every recording of the folder that TRANSCRIPTS names, or the fixture", async function () {
    this.timeout(120_000);
    const transcripts = process.env.TRANSCRIPTS;
    const names = transcripts ? await readdir(transcripts) : [];
    const found = names.filter((name) => name.endsWith(".json"));
    const files = transcripts ? found.map((name) => join(transcripts, name)) : [fixture];
    expect(files).to.not.have.length(0);
    const { ids } = await replayed(...files);
    expect(ids).to.have.length(files.length);
    for (const [index, id] of ids.entries()) {
      const original = comparable(await readRecording(files[index]!));
      const stored = await room.owner.command("stream.read", { session_id: id, limit: 1000 });
      expect(
        stored.entries.map((entry) => entry.kind === "message" && entry.content),
      ).to.deep.equal(original.map((entry) => "content" in entry && entry.content));
    }
  });
});

/** A session in which everything happened that an export must carry. */
async function eventfulSession({ owner }: Room): Promise<string> {
  const ada = await owner.command("agent.create", {
    name: "Ada",
    type: "assistant",
    role: "Leads",
  });
  const bob = await owner.command("agent.create", { name: "Bob", type: "custom" });
  const guest = await owner.command("user.create", { email: "guest@example.org", name: "Guest" });
  const { id: session_id } = await owner.command("session.create", { title: "Bulbs" });
  const say = (
    agent: { id: string },
    content: string,
    tool_call?: Input<"message.post">["tool_call"],
  ) =>
    owner.command("message.post", {
      session_id,
      content,
      sender_agent_id: agent.id,
      ...(tool_call && { tool_call }),
    });
  const log = (entry: Omit<Input<"log.post">, "session_id">) =>
    owner.command("log.post", { session_id, ...entry });

  await owner.command("prompt.post", { session_id, content: "Which bulbs? 🌷\n\ttabs too" });
  await owner.command("session.update", { session_id, agent_ids: [ada.id, bob.id] });
  await say(ada, "Bob, look it up.");
  await say(bob, "", { id: "c1", name: "search", arguments: { deep: [{ est: null, π: 3.14 }] } });
  await say(bob, "Found.", { id: "c1", result: "snake's head" });
  await log({
    type: "token_usage",
    message: "used",
    agent_id: bob.id,
    data: { model: "m", input: 1, output: 2 },
  });
  await log({
    type: "cost",
    message: "paid",
    agent_id: bob.id,
    data: { amount: "0.10", currency: "EUR" },
  });
  await log({ type: "warning", message: "Frost tonight" });
  await log({
    type: "info",
    message: "Soil is warm",
    agent_id: ada.id,
    data: { event: "soil.warm" },
  });
  await owner.command("session.add_member", { session_id, user_id: guest.id, role: "observer" });
  await owner.command("session.add_member", { session_id, user_id: guest.id, role: "participant" });
  await owner.command("session.update", { session_id, title: "A bed for bulbs" });
  await owner.command("message.post", { session_id, content: "I speak for myself." });
  await owner.command("session.remove_member", { session_id, user_id: guest.id });
  await owner.command("session.update", { session_id, agent_ids: [ada.id] });
  await owner.command("message.post", { session_id, content: "And still." });
  await say(ada, "Then it is decided.");
  await owner.command("comment.post", { session_id, content: "Good." });
  await owner.command("session.update", { session_id, status: "archived" });
  await owner.command("session.update", { session_id, status: "completed" });
  return session_id;
}
