import { expect } from "chai";
import { checkTeam } from "../../contract/team_config.ts";

function issues(type: Parameters<typeof checkTeam>[0]["type"], config: object, stop?: object) {
  return checkTeam({
    type,
    config,
    termination_condition_type: stop ? "custom" : null,
    termination_condition_config: stop ?? null,
  }).map(({ path, message }) => `${path}: ${message}`);
}
const edge = (way: string) => ({ from: way[0], to: way[1] });

describe("a team's config", () => {
  it("may hold keys of the user's own, and a custom team needs no strategy", () => {
    expect(issues("custom", { colour: "red" })).to.deep.equal([]);
  });

  it("has no condition whose type is not said, which would be none", () => {
    const nothing = { termination_condition_type: null, config: {}, type: "broadcast" } as const;
    const [issue] = checkTeam({ ...nothing, termination_condition_config: { text: "DONE" } });
    expect(issue).to.have.property("path", "termination_condition_type");
    expect(checkTeam({ ...nothing, termination_condition_config: null })).to.deep.equal([]);
  });

  it("has only strategies there are, and only in custom teams", () => {
    expect(issues("custom", { strategy: "anarchy" })[0]).to.match(/^config.strategy/);
    expect(issues("broadcast", { strategy: "swarm" })[0]).to.match(/^config.strategy/);
  });

  it("has a hierarchy with one head and without circles", () => {
    expect(issues("hierarchical", { leader: "L", reports_to: { A: "L", B: "A" } })).to.be.empty;
    const circle = issues("hierarchical", { reports_to: { A: "B", B: "A", C: "L" } });
    expect(circle.map((issue) => issue.split(":")[0])).to.deep.equal([
      ...["config.reports_to.A", "config.reports_to.B"],
    ]);
    const heads = issues("hierarchical", { leader: "L", reports_to: { A: "L", B: "X" } });
    expect(heads[0]).to.match(/^config.reports_to: L and X report to nobody/);
  });

  it("has a graph that ends: a loop needs a condition or a limit", () => {
    const graph = (ways: string[]) => ({ strategy: "graph", edges: ways.map(edge) });
    expect(issues("custom", graph(["AB", "BC", "AC"]))).to.be.empty;
    expect(issues("custom", graph(["AB", "BC", "CB"]))[0]).to.match(/loop/);
    expect(issues("custom", graph(["AA"]))[0]).to.match(/loop/);
    const loop = graph(["AB", "BA"]);
    expect(issues("custom", { ...loop, max_rounds: 3 })).to.be.empty;
    expect(issues("custom", loop, { type: "stop_message" })).to.be.empty;
    expect(issues("custom", { strategy: "graph" })[0]).to.match(/needs edges/);
  });

  it("has a graph of bounded size", () => {
    const graph = (size: number) => ({
      strategy: "graph",
      edges: Array.from({ length: size }, (_, n) => ({ from: `n${n}`, to: `n${n + 1}` })),
    });
    expect(issues("custom", graph(500))).to.be.empty;
    expect(issues("custom", graph(501))[0]).to.match(/^config.edges/);
  });
});
