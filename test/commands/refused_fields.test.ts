import { expect } from "chai";
import { connect, type TestClient } from "../support/client.ts";
import { createDatabase, type TestDatabase } from "../support/database.ts";
import { startNode, type TestNode } from "../support/node.ts";

/** An input that is refused, and the places of the fields that must be named. */
type Refused = [input: object, ...paths: string[]];

describe("a refusal names the place of each wrong field, for a form to show it there", () => {
  let database: TestDatabase;
  let node: TestNode;
  let owner: TestClient;
  let team_id: string;

  before(async () => {
    database = await createDatabase();
    node = await startNode({ DATABASE_URL: database.url });
    owner = await connect(node.url);
    team_id = (await owner.call("team.create", { name: "Crew", type: "custom" })).id;
  });

  after(async () => {
    owner.close();
    await node.stop();
    await database.drop();
  });

  async function expectFaults(
    command: string,
    input: object,
    paths: string[],
    code = "invalid_input",
  ): Promise<void> {
    const reply = await owner.send(command, input);
    expect(reply).to.have.nested.property("error.code", code);
    const { details = [] } = (reply as Extract<typeof reply, { ok: false }>).error;
    expect(details.map(({ path }) => path)).to.deep.equal(paths);
    for (const { message } of details)
      expect(message).to.match(/\w/).and.not.equal("Invalid input");
  }

  const condition = (
    termination_condition_config: object,
    termination_condition_type = "custom",
  ) => ({
    termination_condition_type,
    termination_condition_config,
  });
  const turns = { type: "max_turns", max_turns: 3 };
  const edge = (condition: unknown) => ({
    strategy: "graph",
    edges: [{ from: "A", to: "B", condition }],
  });
  const teams: Refused[] = [
    [
      { config: { turn_timeout_ms: 0, max_turns: "9" } },
      "config.turn_timeout_ms",
      "config.max_turns",
    ],
    [{ config: { on_timeout: "never" } }, "config.on_timeout"],
    [{ config: { on_timeout: { retry: 0 } } }, "config.on_timeout.retry"],
    [
      { config: { members: { Ada: { answerable_by: ["Bob"] } } } },
      "config.members.Ada.answerable_by.0",
    ],
    [{ config: { members: { Ada: { colour: 1 } } } }, "config.members.Ada.colour"],
    [{ config: edge(5) }, "config.edges.0.condition"],
    [{ config: edge({ nonsense: [] }) }, "config.edges.0.condition"],
    [condition({}, "text_mention"), "termination_condition_config.text"],
    [
      condition({ max_turns: 3, surprise: 1 }, "max_turns"),
      "termination_condition_config.surprise",
    ],
    [
      condition({ any: [turns, { type: "text_mention" }] }),
      "termination_condition_config.any.1.text",
    ],
    [
      condition({ any: [turns, { ...turns, colour: 1 }] }),
      "termination_condition_config.any.1.colour",
    ],
    [
      condition({ any: [{ all: [{ type: "no" }] }] }),
      "termination_condition_config.any.0.all.0.type",
    ],
    [condition({ any: [] }), "termination_condition_config.any"],
  ];
  for (const [input, ...paths] of teams) {
    it(`of a team: ${JSON.stringify(input)}`, async () => {
      await expectFaults("team.create", { name: "Crew", type: "custom", ...input }, paths);
      await expectFaults("team.update", { team_id, ...input }, paths);
    });
  }

  const mechanisms: Refused[] = [
    [{ type: "democratic", config: { rule: "supermajority", threshold: "2" } }, "config.threshold"],
    [{ type: "democratic", config: { rule: "supermajority" } }, "config.threshold"],
    [{ type: "democratic", config: { rule: "range", min: 5, max: 1 } }, "config.min"],
    [{ type: "democratic", config: { rule: "roulette" } }, "config.rule"],
    [{ type: "democratic", config: { colour: 1 } }, "config.colour"],
    [
      {
        type: "democratic",
        config: { quorum: { at_least: "0", base: "all" }, weights: { Ada: "x" } },
      },
      ...["config.quorum.at_least", "config.quorum.base", "config.weights.Ada"],
    ],
    [{ type: "autocratic" }, "config.rule"],
    [{ type: "autocratic", config: { rule: "veto", veto_holders: [""] } }, "config.veto_holders.0"],
    [{ type: "game_theory", config: { rule: "banzhaf" } }, "config.quota"],
    [{ type: "game_theory", config: { rule: "banzhaf", quota: "0.0" } }, "config.quota"],
    [{ type: "game_theory", config: { rule: "nash", weights: { Ada: "2" } } }, "config.weights"],
    [
      { type: "custom", config: { rule: "expression", expression: { no: 1 } } },
      "config.expression",
    ],
  ];
  for (const [input, ...paths] of mechanisms) {
    it(`of a mechanism: ${JSON.stringify(input)}`, () =>
      expectFaults("mechanism.create", { team_id, ...input }, paths));
  }

  const posts: [command: string, input: object, path: string][] = [
    ["comment.post", { content: "a\0" }, "content"],
    ["message.post", { content: "", tool_call: { a: [0, { b: "\0" }] } }, "tool_call.a.1.b"],
    [
      "log.post",
      {
        type: "token_usage",
        message: "One call",
        data: { model: "m", input: 1, output: 1, extra: 1 },
      },
      "data.extra",
    ],
    [
      "log.post",
      { type: "token_usage", message: "Totals", data: { model: "m", input: 2 ** 31, output: 1 } },
      "data.input",
    ],
  ];
  for (const [command, input, path] of posts) {
    it(`of what is posted: ${path} of ${command}`, async () => {
      const { id: session_id } = await owner.call("session.create", { title: "Room" });
      await expectFaults(command, { session_id, ...input }, [path]);
    });
  }

  it("of a name that shows nothing or is more than a line, whatever script the others are in", async () => {
    for (const title of ["\u200b", "\u3164", " \u2800 ", "a\nb", "a\u2028b", "a\u0007"]) {
      await expectFaults("session.create", { title }, ["title"]);
    }
    for (const title of [" Ann\n", "👩‍👩‍👧", "שלום\u200f", "你好", "-"]) {
      expect((await owner.call("session.create", { title })).title).to.equal(title.trim());
    }
  });

  it("of a picture's address that is none of the web's", async () => {
    for (const avatar_url of [
      "javascript:alert(1)",
      "data:text/html,x",
      "http://x/y z",
      "me.png",
    ]) {
      await expectFaults("me.update", { avatar_url }, ["avatar_url"]);
    }
    const avatar_url = "https://example.org/a%20b.png?size=(1,2)#top";
    expect((await owner.call("me.update", { avatar_url })).avatar_url).to.equal(avatar_url);
  });

  it("of a person whose address is taken", async () => {
    const person = { email: "twice@example.org", name: "Someone" };
    await owner.call("user.create", person);
    await expectFaults("user.create", person, ["email"], "conflict");
  });
});
