import { expect } from "chai";
import { CommandError } from "../../contract/errors.ts";
import { actions } from "../../server/actions/index.ts";
import { assertMayPost } from "../../server/actions/posting.ts";
import type { Access } from "../../server/stream/access.ts";

const session_id = "session";
const session = { id: session_id, status: "active", team_id: null, agent_ids: null } as const;
const person: Access = {
  identity: { user_id: "ann", agent_id: null },
  session: { ...session, created_by: "ann" },
  role: "participant",
  agent_ids: ["anns-agent"],
  proxy_agent_id: "anns-proxy",
};
const bot: Access = {
  ...person,
  identity: { user_id: "ann", agent_id: "anns-agent" },
  proxy_agent_id: null,
};

const say = actions["message.post"].draft;
const prompt = actions["prompt.post"].draft;
const comment = actions["comment.post"].draft;
const log = actions["log.post"].draft;
const cost = { amount: "0.1", currency: "USD" };

/** The code of the refusal, or undefined when there is none. */
function refusal(draft: () => unknown): string | undefined {
  try {
    draft();
  } catch (error) {
    if (error instanceof CommandError) return error.code;
    throw error;
  }
  return undefined;
}

describe("a post", () => {
  it("is refused to observers and in an archived session", () => {
    const post = (access: Access) => assertMayPost(access);
    expect(refusal(() => post(person))).to.equal(undefined);
    expect(refusal(() => post({ ...person, role: "observer" }))).to.equal("forbidden");
    const archived = { ...person.session, status: "archived" as const };
    expect(refusal(() => post({ ...person, session: archived }))).to.equal("session_closed");
    const completed = { ...person.session, status: "completed" as const };
    expect(refusal(() => post({ ...person, session: completed }))).to.equal(undefined);
  });

  it("of a person speaks through their proxy, of a bot as its agent, unless told otherwise", () => {
    expect(say(person, { session_id, content: "" })).to.include({ sender_agent_id: "anns-proxy" });
    expect(say(bot, { session_id, content: "" })).to.include({ sender_agent_id: "anns-agent" });
    const sender_agent_id = "anns-agent";
    expect(say(person, { session_id, content: "", sender_agent_id })).to.include({
      sender_agent_id,
    });
  });

  it("never speaks as somebody else's agent", () => {
    const sender_agent_id = "bobs-agent";
    for (const access of [person, bot]) {
      expect(refusal(() => say(access, { session_id, content: "", sender_agent_id }))).to.equal(
        "forbidden",
      );
    }
    const proxy = { session_id, content: "", sender_agent_id: "anns-proxy" };
    expect(
      refusal(() => say(bot, proxy)),
      "a bot as its owner's proxy",
    ).to.equal("forbidden");
  });

  it("that prompts or comments comes from a person", () => {
    expect(refusal(() => prompt(bot, { session_id, content: "Go" }))).to.equal("forbidden");
    expect(refusal(() => comment(bot, { session_id, content: "Go" }))).to.equal("forbidden");
    expect(prompt(person, { session_id, content: "Go" })).to.include({ created_by: "ann" });
    expect(comment(person, { session_id, content: "Go" })).to.include({ user_id: "ann" });
    const observer = { ...person, role: "observer" } as const;
    const why = "not told what is said to bots, and known again if it was stored before";
    expect(comment(observer, { session_id, content: "Go" }), why).to.include({ user_id: "ann" });
    expect(prompt(observer, { session_id, content: "Go" }), why).to.include({ created_by: "ann" });
  });

  it("to the log says who wrote it: a person as the user, a bot as its agent", () => {
    const info = { session_id, type: "info", message: "Hi" } as const;
    expect(log(person, info)).to.include({ user_id: "ann", agent_id: null });
    expect(log(bot, info)).to.include({ user_id: null, agent_id: "anns-agent" });
    expect(refusal(() => log(person, { ...info, agent_id: "bobs-agent" }))).to.equal("forbidden");
    expect(refusal(() => log(bot, { ...info, agent_id: "bobs-agent" }))).to.equal("forbidden");
  });

  it("of cost or token usage names the agent it is charged to", () => {
    const spent = { session_id, type: "cost", message: "Paid", data: cost } as const;
    expect(refusal(() => log(person, spent))).to.equal("invalid_input");
    expect(refusal(() => log(person, { ...spent, type: "token_usage" }))).to.equal("invalid_input");
    expect(log(person, { ...spent, agent_id: "anns-agent" })).to.include({
      agent_id: "anns-agent",
      user_id: "ann",
    });
    expect(log(bot, spent)).to.include({ agent_id: "anns-agent" });
  });

  it("keeps the id that the client chose", () => {
    const id = "chosen";
    expect(say(person, { session_id, content: "", id })).to.include({ id });
    expect(prompt(person, { session_id, content: "Go", id })).to.include({ id });
    expect(comment(person, { session_id, content: "Go", id })).to.include({ id });
    expect(log(person, { session_id, type: "info", message: "Hi", id })).to.include({ id });
  });
});
