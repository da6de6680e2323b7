import { expect } from "chai";
import { Sequelize } from "sequelize";
import * as z from "zod";
import { AccessToken } from "../../contract/access_token.ts";
import { Agent } from "../../contract/agent.ts";
import { AgentTool } from "../../contract/agent_tool.ts";
import { Comment } from "../../contract/comment.ts";
import { ConsensusMechanism } from "../../contract/consensus_mechanism.ts";
import { Ballot, Decision } from "../../contract/decision.ts";
import { LogEntry } from "../../contract/log_entry.ts";
import { Message } from "../../contract/message.ts";
import { Prompt } from "../../contract/prompt.ts";
import { Run } from "../../contract/run.ts";
import { Session } from "../../contract/session.ts";
import { SessionMember } from "../../contract/session_member.ts";
import { Team } from "../../contract/team.ts";
import { TeamAgent } from "../../contract/team_agent.ts";
import { TeamTool } from "../../contract/team_tool.ts";
import { Tool } from "../../contract/tool.ts";
import { Turn } from "../../contract/turn.ts";
import { User } from "../../contract/user.ts";
import { initModels, models } from "../../models/index.ts";

const entities: Record<string, z.ZodObject> = {
  AccessToken,
  Agent,
  AgentTool,
  Ballot,
  Comment,
  ConsensusMechanism,
  Decision,
  LogEntry,
  Message,
  Prompt,
  Run,
  Session,
  SessionMember,
  Team,
  TeamAgent,
  TeamTool,
  Tool,
  Turn,
  User,
};

/** The values an attribute may have if it is one of a few, and whether it may be null. */
interface Kind {
  values: string[] | null;
  nullable: boolean;
}

/** What the contract says of an entity; `kind` tells entries apart and is no column. */
function declared(entity: z.ZodObject): Record<string, Kind> {
  const { kind: _, ...shape } = entity.shape as Record<string, z.ZodType>;
  return Object.fromEntries(
    Object.entries(shape).map(([name, field]) => {
      const nullable = field.safeParse(null).success;
      const inner = field instanceof z.ZodNullable ? field.unwrap() : field;
      const values = inner instanceof z.ZodEnum ? (inner.options as string[]) : null;
      return [name, { values, nullable }];
    }),
  );
}

/** Columns that never leave the server: a token's hash, and what orchestration notes for itself. */
const kept = new Set(["token_hash", "state"]);

/** What the model says of the same. */
function stored(model: (typeof models)[number]): Record<string, Kind> {
  const attributes = Object.entries(model.getAttributes()).filter(([name]) => !kept.has(name));
  return Object.fromEntries(
    attributes.map(([name, { type, allowNull, primaryKey }]) => [
      name,
      {
        values: (type as { values?: string[] }).values ?? null,
        nullable: allowNull !== false && !primaryKey,
      },
    ]),
  );
}

describe("contract and models", () => {
  before(() => initModels(new Sequelize("postgres://nowhere", { logging: false })));

  it("know the same entities", () => {
    expect(models.map((model) => model.name)).to.have.members(Object.keys(entities));
  });

  for (const [name, entity] of Object.entries(entities)) {
    it(`say the same of ${name}: attributes, values, and what may be null`, () => {
      const model = models.find((model) => model.name === name)!;
      expect(declared(entity)).to.deep.equal(stored(model));
    });
  }
});
