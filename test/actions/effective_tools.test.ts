import { expect } from "chai";
import type { JsonObject } from "../../contract/json.ts";
import { effectiveTools, type ToolSources } from "../../server/actions/effective_tools.ts";

const search = {
  id: "1",
  name: "search",
  description: "Finds pages",
  type: "api" as const,
  config: { limit: 10, engine: { name: "local", safe: true } },
};
const clock = { ...search, id: "2", name: "clock", config: {} };

const has = (tool_id: string, config_override: JsonObject | null = null) => ({
  tool_id,
  enabled: true,
  config_override,
});
const lacks = (tool_id: string, config_override: JsonObject | null = null) => ({
  ...has(tool_id, config_override),
  enabled: false,
});

const effective = (sources: Partial<ToolSources>) =>
  effectiveTools({ tools: [search, clock], agent: [], team: [], session: [], ...sources });
const sourcesOf = (sources: Partial<ToolSources>) =>
  effective(sources).map((tool) => [tool.name, ...tool.sources]);

describe("effective tools", () => {
  it("come from the agent, its team and the session, each said once and by name", () => {
    expect(sourcesOf({ agent: [has("1")] })).to.deep.equal([["search", "agent"]]);
    expect(sourcesOf({ team: [has("1")] })).to.deep.equal([["search", "team"]]);
    expect(sourcesOf({ session: ["1", "1"] })).to.deep.equal([["search", "session"]]);
    expect(sourcesOf({ agent: [has("1")], team: [has("1"), has("2")], session: ["1"] })).to.eql([
      ["clock", "team"],
      ["search", "agent", "team", "session"],
    ]);
    expect(sourcesOf({})).to.deep.equal([]);
  });

  it("are what the nearest place says: the agent's row, else the team's, else the session", () => {
    expect(sourcesOf({ agent: [lacks("1")], team: [has("1")], session: ["1"] })).to.eql([]);
    expect(sourcesOf({ team: [lacks("1")], session: ["1"] })).to.deep.equal([]);
    expect(sourcesOf({ agent: [has("1")], team: [lacks("1")] })).to.eql([["search", "agent"]]);
    expect(sourcesOf({ agent: [lacks("2")], team: [has("1")] })).to.eql([["search", "team"]]);
  });

  it("have the tool's config with the team's override, and the agent's over it", () => {
    const [tool] = effective({
      agent: [has("1", { engine: { name: "mine" }, limit: null })],
      team: [has("1", { engine: { name: "ours", region: "eu" }, limit: 20 })],
    });
    expect(tool).to.deep.equal({
      tool_id: "1",
      name: "search",
      description: "Finds pages",
      type: "api",
      config: { engine: { name: "mine", safe: true, region: "eu" } },
      sources: ["agent", "team"],
    });
    expect(search.config).to.deep.equal({ limit: 10, engine: { name: "local", safe: true } });
  });

  it("take no override from a disabled row", () => {
    const [tool] = effective({ agent: [has("1")], team: [lacks("1", { limit: 99 })] });
    expect(tool?.config.limit).to.equal(10);
  });

  it("leave out a tool that does not exist any more", () => {
    expect(sourcesOf({ session: ["1", "gone"] })).to.deep.equal([["search", "session"]]);
  });
});
