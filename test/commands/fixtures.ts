import type { CommandName, Input } from "../../contract/commands.ts";
import type { ErrorCode } from "../../contract/errors.ts";
import { email, type World } from "./world.ts";

type Outcome = "ok" | ErrorCode;

/** How one command is tested: what its owner may send, and what others get who send the same. */
export interface Fixture<Sent extends object = object> {
  /** Makes an input that the world's owner may send, every time a new one where it can be sent once. */
  readonly input: (world: World) => Sent | Promise<Sent>;
  /** What a user gets who can see nothing of the owner's. */
  readonly stranger: Outcome;
  /** What a user gets who observes the session, and sees agent, team and tool on the instance. */
  readonly observer: Outcome;
}

const id = () => crypto.randomUUID();
const page = { limit: 2 };
const own = { stranger: "ok", observer: "ok" } as const;
const adminOnly = { stranger: "forbidden", observer: "forbidden" } as const;
const seen = { stranger: "not_found", observer: "ok" } as const;
const ownerOnly = { stranger: "not_found", observer: "forbidden" } as const;

const agent = { name: "Grace", role: "Finds faults", config: { model: "small" } };
const tool = { name: "clock", description: "Tells the time", config: { zone: "UTC" } };
const team = {
  name: "Night shift",
  description: "Works while others sleep",
  termination_condition_type: "max_turns",
  termination_condition_config: { max_turns: 9 },
  config: { pace: "slow" },
} as const;

const newUser = async ({ owner }: World) =>
  (await owner.client.call("user.create", { name: "Noor", email: email() })).id;
const newAgent = async ({ owner, visibility }: World) =>
  // A team whose members share a name cannot be run.
  (await owner.client.call("agent.create", { ...agent, name: id(), type: "custom", visibility }))
    .id;
const newTeam = async ({ owner, visibility }: World) =>
  (await owner.client.call("team.create", { ...team, type: "custom", visibility })).id;
const newTool = async ({ owner, visibility }: World) =>
  (await owner.client.call("tool.create", { ...tool, type: "function", visibility })).id;

const byExpression = { rule: "expression", expression: { var: "tally.0.option" } };

/** The run of the world's session, a new one if there is none under way. */
async function runUnderWay({ owner, session_id }: World): Promise<string> {
  const newest = async () => (await owner.client.call("run.list", { session_id })).data[0];
  const run = await newest();
  if (run && run.status !== "stopped") {
    if (run.status === "paused") {
      await owner.client.call("run.resume", { session_id, run_id: run.id });
    }
    return run.id;
  }
  await owner.client.call("prompt.post", { session_id, content: "Go on" });
  return (await newest())!.id;
}

const oneRun = async (world: World) => ({
  session_id: world.session_id,
  run_id: await runUnderWay(world),
});

/** The agent's open turn, given to it if it has none. */
async function openTurn(world: World): Promise<string> {
  const { owner, session_id, agent_id } = world;
  await runUnderWay(world);
  const filter = { session_id, agent_id, status: "open" } as const;
  const { data } = await owner.client.call("turn.list", filter);
  const turn = data.find(({ purpose }) => purpose === "speak");
  return turn?.id ?? (await owner.client.call("turn.grant", { session_id, agent_id })).id;
}

const question = { question: "Which way?", options: ["left", "right"] };

async function openDecision({ owner, session_id }: World) {
  const { id: decision_id } = await owner.client.call("decision.open", { session_id, ...question });
  return { session_id, decision_id };
}

/** Signals go to who follows a session, so whoever may follow it does. */
async function followed({ owner, other, session_id }: World): Promise<{ session_id: string }> {
  for (const { client } of [owner, other]) await client.send("session.join", { session_id });
  return { session_id };
}

/** A fixture for every command of the table. */
export const fixtures: { readonly [Name in CommandName]: Fixture<Input<Name>> } = {
  "me.get": { ...own, input: () => ({}) },
  "me.update": {
    ...own,
    input: () => ({ name: "Olga", avatar_url: "https://example.org/olga.png" }),
  },
  "me.list_turns": { ...own, input: () => page },
  "user.create": {
    ...adminOnly,
    input: () => ({ email: email(), name: "Uma", avatar_url: null, is_admin: false }),
  },
  "user.find": {
    ...own,
    input: async ({ owner }) => {
      const noor = await owner.client.call("user.create", { name: "Noor", email: email() });
      return { email: noor.email };
    },
  },
  "user.list": { ...adminOnly, input: () => page },

  "token.create": {
    ...ownerOnly,
    input: ({ agent_id }) => ({
      name: "bot",
      scope: "read",
      expires_at: "2999-01-01T00:00:00.000Z",
      agent_id,
    }),
  },
  "token.list": { ...own, input: () => page },
  "token.revoke": {
    stranger: "not_found",
    observer: "not_found",
    input: async ({ owner }) => ({
      token_id: (await owner.client.call("token.create", { name: "short" })).id,
    }),
  },

  "agent.create": {
    ...own,
    input: () => ({ ...agent, type: "assistant", visibility: "private" }),
  },
  "agent.list": { ...own, input: () => page },
  "agent.get": { ...seen, input: ({ agent_id }) => ({ agent_id }) },
  "agent.update": {
    ...ownerOnly,
    input: async (world) => ({ agent_id: await newAgent(world), ...agent, type: "assistant" }),
  },
  "agent.delete": {
    ...ownerOnly,
    input: async (world) => ({ agent_id: await newAgent(world) }),
  },
  "agent.attach_tool": {
    ...ownerOnly,
    input: async (world) => ({
      agent_id: world.agent_id,
      tool_id: await newTool(world),
      enabled: false,
      config_override: { zone: null },
    }),
  },
  "agent.detach_tool": {
    ...ownerOnly,
    async input(world) {
      const input = { agent_id: world.agent_id, tool_id: await newTool(world) };
      await world.owner.client.call("agent.attach_tool", input);
      return input;
    },
  },
  "agent.list_tools": { ...seen, input: ({ agent_id, team_id }) => ({ agent_id, team_id }) },

  "team.create": {
    ...own,
    input: () => ({ ...team, type: "hierarchical", visibility: "private" }),
  },
  "team.list": { ...own, input: () => page },
  "team.get": { ...seen, input: ({ team_id }) => ({ team_id }) },
  "team.update": {
    ...ownerOnly,
    input: async (world) => ({ team_id: await newTeam(world), ...team, type: "broadcast" }),
  },
  "team.delete": { ...ownerOnly, input: async (world) => ({ team_id: await newTeam(world) }) },
  "team.add_agent": {
    ...ownerOnly,
    input: async (world) => ({
      team_id: world.team_id,
      agent_id: await newAgent(world),
      role_in_team: "leader",
      position: 7,
    }),
  },
  "team.remove_agent": {
    ...ownerOnly,
    async input(world) {
      const input = { team_id: world.team_id, agent_id: await newAgent(world) };
      await world.owner.client.call("team.add_agent", input);
      return input;
    },
  },
  "team.list_agents": { ...seen, input: ({ team_id }) => ({ team_id }) },
  "team.attach_tool": {
    ...ownerOnly,
    input: async (world) => ({
      team_id: world.team_id,
      tool_id: await newTool(world),
      enabled: true,
      config_override: null,
    }),
  },
  "team.detach_tool": {
    ...ownerOnly,
    async input(world) {
      const input = { team_id: world.team_id, tool_id: await newTool(world) };
      await world.owner.client.call("team.attach_tool", input);
      return input;
    },
  },
  "team.list_tools": { ...seen, input: ({ team_id }) => ({ team_id }) },

  "tool.create": { ...own, input: () => ({ ...tool, type: "plugin", visibility: "private" }) },
  "tool.list": { ...own, input: () => page },
  "tool.get": { ...seen, input: ({ tool_id }) => ({ tool_id }) },
  "tool.update": {
    ...ownerOnly,
    input: async (world) => ({ tool_id: await newTool(world), ...tool, type: "custom" }),
  },
  "tool.delete": { ...ownerOnly, input: async (world) => ({ tool_id: await newTool(world) }) },

  "mechanism.create": {
    ...ownerOnly,
    input: ({ team_id }) => ({ team_id, type: "game_theory", config: { rule: "vcg" } }),
  },
  "mechanism.list": { ...seen, input: ({ team_id }) => ({ team_id, ...page }) },
  "mechanism.get": { ...seen, input: ({ mechanism_id }) => ({ mechanism_id }) },
  "mechanism.update": {
    ...ownerOnly,
    input: ({ mechanism_id }) => ({ mechanism_id, type: "custom", config: byExpression }),
  },
  "mechanism.delete": {
    ...ownerOnly,
    input: async ({ owner, team_id }) => ({
      mechanism_id: (await owner.client.call("mechanism.create", { team_id, type: "democratic" }))
        .id,
    }),
  },

  "session.create": {
    ...seen,
    input: ({ team_id, agent_id, tool_id }) => ({
      title: "Another room",
      team_id,
      agent_ids: [agent_id],
      tool_ids: [tool_id],
    }),
  },
  "session.list": { ...own, input: () => ({ search: "room", status: "active", ...page }) },
  "session.get": { ...seen, input: ({ session_id }) => ({ session_id }) },
  "session.update": {
    ...ownerOnly,
    input: ({ session_id, agent_id, tool_id }) => ({
      session_id,
      title: "Renamed",
      agent_ids: [agent_id],
      tool_ids: [tool_id],
      status: "active",
    }),
  },
  "session.list_tools": { ...seen, input: ({ session_id }) => ({ session_id, ...page }) },
  "session.add_member": {
    ...ownerOnly,
    input: async (world) => ({
      session_id: world.session_id,
      user_id: await newUser(world),
      role: "observer",
    }),
  },
  "session.remove_member": {
    ...ownerOnly,
    async input(world) {
      const input = { session_id: world.session_id, user_id: await newUser(world) };
      await world.owner.client.call("session.add_member", input);
      return input;
    },
  },
  "session.get_roster": {
    ...seen,
    input: ({ owner, session_id, agent_id }) => ({
      session_id,
      user_ids: [owner.id, id()],
      agent_ids: [agent_id],
    }),
  },
  "session.list_members": { ...seen, input: ({ session_id }) => ({ session_id, ...page }) },

  "message.post": {
    ...ownerOnly,
    input: ({ session_id, agent_id }) => ({
      session_id,
      content: "Let us look it up",
      tool_call: { name: "search", arguments: { q: "żółw 🐢" } },
      sender_agent_id: agent_id,
      id: id(),
    }),
  },
  "message.list": { ...seen, input: ({ session_id }) => ({ session_id, ...page }) },
  "prompt.post": {
    ...ownerOnly,
    input: ({ session_id }) => ({ session_id, content: "What is a turtle?", id: id() }),
  },
  "prompt.list": { ...seen, input: ({ session_id }) => ({ session_id, ...page }) },
  "comment.post": {
    ...ownerOnly,
    input: ({ session_id }) => ({ session_id, content: "Well found", id: id() }),
  },
  "comment.list": { ...seen, input: ({ session_id }) => ({ session_id, ...page }) },
  "log.post": {
    ...ownerOnly,
    input: ({ session_id, agent_id }) => ({
      session_id,
      type: "token_usage",
      message: "One call",
      data: { model: "small", input: 10, output: 3 },
      agent_id,
      id: id(),
    }),
  },
  "log.list": { ...seen, input: ({ session_id }) => ({ session_id, ...page }) },
  "stream.read": { ...seen, input: ({ session_id }) => ({ session_id, after: 1, ...page }) },

  "run.list": { ...seen, input: ({ session_id }) => ({ session_id, ...page }) },
  "run.get": { ...seen, input: oneRun },
  "run.pause": { ...ownerOnly, input: oneRun },
  "run.resume": { ...ownerOnly, input: oneRun },
  "run.stop": {
    ...ownerOnly,
    input: async (world) => ({ ...(await oneRun(world)), now: true, reason: "It is late" }),
  },
  "turn.list": {
    ...seen,
    input: async (world) => ({
      session_id: world.session_id,
      run_id: await runUnderWay(world),
      agent_id: world.agent_id,
      status: "open",
      ...page,
    }),
  },
  "turn.pass": {
    ...ownerOnly,
    input: async (world) => ({ session_id: world.session_id, turn_id: await openTurn(world) }),
  },
  "turn.grant": {
    ...ownerOnly,
    async input(world) {
      const { owner, session_id, agent_id } = world;
      const turn_id = await openTurn(world);
      await owner.client.call("turn.pass", { session_id, turn_id });
      return { session_id, agent_id, task: "Look it up" };
    },
  },
  "decision.open": {
    ...ownerOnly,
    input: ({ session_id, mechanism_id }) => ({
      session_id,
      ...question,
      mechanism_id,
      deadline_ms: 60_000,
    }),
  },
  "decision.list": {
    ...seen,
    input: ({ session_id }) => ({ session_id, status: "open", ...page }),
  },
  "decision.get": { ...seen, input: openDecision },
  "decision.close": { ...ownerOnly, input: openDecision },
  "ballot.cast": {
    ...ownerOnly,
    input: async (world) => ({
      ...(await openDecision(world)),
      choice: "left",
      agent_id: world.agent_id,
    }),
  },

  "session.join": { ...seen, input: ({ session_id }) => ({ session_id, after: 0 }) },
  "session.leave": { ...own, input: ({ session_id }) => ({ session_id }) },
  "typing.set": {
    ...ownerOnly,
    input: async (world) => ({ ...(await followed(world)), typing: true }),
  },
  "delta.send": {
    ...ownerOnly,
    input: async (world) => ({
      ...(await followed(world)),
      stream_id: id(),
      agent_id: world.agent_id,
      offset: 0,
      text: "Let us",
    }),
  },
};
