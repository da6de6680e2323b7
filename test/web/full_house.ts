import { connect, type TestClient } from "../support/client.ts";
import { newBot } from "../support/people.ts";

/** A team with everything a page can show, and two sessions. */
export interface FullHouse {
  readonly team_id: string;
  /** One where much has happened. */
  readonly session_id: string;
  /** One where nothing has happened yet. */
  readonly empty_id: string;
}

/** Makes a team of three bots, and lets them talk, call a tool, spend and decide in a session. */
export async function fillHouse(owner: TestClient, url: string): Promise<FullHouse> {
  const { id: team_id } = await owner.call("team.create", {
    name: "Café crew",
    description: "Plans the repair café, and decides when it is.",
    type: "round_robin",
    termination_condition_type: "custom",
    termination_condition_config: {
      any: [
        { type: "text_mention", text: "DONE" },
        { all: [{ type: "max_turns", max_turns: 50 }] },
      ],
    },
  });
  const clock = await owner.call("tool.create", {
    name: "calendar",
    description: "Says which evenings are free",
    type: "function",
    config: { zone: "UTC" },
  });
  await owner.call("team.attach_tool", { team_id, tool_id: clock.id });
  const { id: mechanism_id } = await owner.call("mechanism.create", {
    team_id,
    type: "democratic",
    config: { rule: "approval" },
  });
  const bots: TestClient[] = [];
  for (const name of ["Mira", "Otto", "Juno"]) {
    const { agent_id, token } = await newBot(owner, name);
    await owner.call("agent.update", { agent_id, role: `Plans as only ${name} can` });
    await owner.call("team.add_agent", { team_id, agent_id });
    bots.push(await connect(url, token));
  }
  const { id: session_id } = await owner.call("session.create", { title: "Repair café", team_id });
  const { id: empty_id } = await owner.call("session.create", { title: "Next year", team_id });
  const [mira, otto, juno] = bots as [TestClient, TestClient, TestClient];
  const content = "Find an evening for **30 guests**:\n\n- soup\n- at most `200 EUR`";
  await owner.call("prompt.post", { session_id, content });
  await mira.call("message.post", {
    session_id,
    content:
      'Otto, look. I would do it like this:\n\n```ts\nconst free = calendar.free("March");\n```',
  });
  const call = { id: "call_1", name: "calendar", arguments: { month: "March" } };
  await otto.call("message.post", { session_id, content: "Looking it up.", tool_call: call });
  await otto.call("message.post", {
    session_id,
    content: "",
    tool_call: { id: "call_1", name: "calendar", result: { free: ["Thursday", "Friday"] } },
  });
  for (const [bot, input] of [
    [mira, 812],
    [otto, 1630],
  ] as const) {
    const data = { model: "demo-small", input, output: 96 };
    await bot.call("log.post", { session_id, type: "token_usage", message: "Thought", data });
    const cost = { amount: "0.0042", currency: "EUR" };
    await bot.call("log.post", { session_id, type: "cost", message: "Paid", data: cost });
  }
  await otto.call("log.post", { session_id, type: "warning", message: "Friday has a concert" });
  await owner.call("comment.post", { session_id, content: "My oven is free that day." });
  const { id: decision_id } = await owner.call("decision.open", {
    session_id,
    question: "Which evening?",
    options: ["Thursday", "Friday"],
    mechanism_id,
  });
  await mira.call("ballot.cast", { session_id, decision_id, choice: ["Thursday", "Friday"] });
  await otto.call("ballot.cast", { session_id, decision_id, choice: ["Thursday"] });
  await juno.call("ballot.cast", { session_id, decision_id, choice: ["Thursday"] });
  for (const bot of bots) bot.close();
  return { team_id, session_id, empty_id };
}
