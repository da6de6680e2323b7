import { Validator } from "@seriousme/openapi-schema-validator";
import { expect } from "chai";
import { commands } from "../../contract/commands.ts";
import { errors } from "../../contract/errors.ts";
import { serverEvents } from "../../contract/signal.ts";
import { createDatabase, type TestDatabase } from "../support/database.ts";
import { request } from "../support/http.ts";
import { startNode, type TestNode } from "../support/node.ts";

type Problem = { properties: { code: { enum: string[] } } };
interface Operation {
  operationId: string;
  parameters: { name: string; in: string; required: boolean }[];
  requestBody?: { content: { "application/json": { schema: { properties: object } } } };
  responses: Record<string, { description: string }>;
}
interface Document {
  openapi: string;
  info: { description: string };
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: { Problem: Problem } };
}

describe("the OpenAPI document", () => {
  let database: TestDatabase;
  let node: TestNode;
  let document: Document;
  let operations: { method: string; path: string; operation: Operation }[];

  before(async () => {
    database = await createDatabase();
    node = await startNode({ DATABASE_URL: database.url });
    document = (await request(node.url, null, "/openapi.json")).body as Document;
    operations = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ method, path, operation })),
    );
  });

  after(async () => {
    await node.stop();
    await database.drop();
  });

  it("is valid OpenAPI 3.1 for a public validator, which finds fault with a broken one", async () => {
    const validator = new Validator();
    const result = await validator.validate(structuredClone(document) as never);
    expect(result).to.deep.equal({ valid: true });
    expect(validator.version).to.equal("3.1");
    const broken = { ...structuredClone(document), paths: { nowhere: { get: 1 } } };
    expect(await new Validator().validate(broken)).to.include({ valid: false });
  });

  it("describes every command that HTTP serves exactly once, at its method and path", () => {
    const declared = Object.values(commands).flatMap(({ name, http }) =>
      http ? [[name, http]] : [],
    );
    const described = operations.map(({ method, path, operation }) => [
      operation.operationId,
      `${method.toUpperCase()} ${path.replace(/\{(\w+)\}/g, ":$1")}`,
    ]);
    expect(described).to.have.deep.members(declared);
    expect(described).to.have.length(declared.length);
  });

  it("tells of every command and event that only sockets have, with its fields", () => {
    const rows = document.info.description.split("\n");
    const only = Object.values(commands).filter(({ http }) => http === null);
    const told = [
      ...only.map(({ name, input }) => [name, input] as const),
      ...Object.entries(serverEvents),
    ];
    for (const [name, { shape }] of told) {
      const row = rows.find((one) => one.startsWith(`| \`${name}\` |`));
      for (const field of Object.keys(shape))
        expect(row, name).to.match(new RegExp(`\\b${field}\\b`));
    }
  });

  it("places every field of an input in the path, the query or the body, once", () => {
    for (const { operation, path } of operations) {
      const { shape } = commands[operation.operationId as keyof typeof commands].input;
      const body = operation.requestBody?.content["application/json"].schema.properties ?? {};
      const placed = [...operation.parameters.map(({ name }) => name), ...Object.keys(body)];
      expect(placed.sort(), operation.operationId).to.deep.equal(Object.keys(shape).sort());
      const inPath = operation.parameters.filter((parameter) => parameter.in === "path");
      expect(inPath.map(({ name }) => `{${name}}`)).to.deep.equal(path.match(/\{\w+\}/g) ?? []);
      expect(inPath.every(({ required }) => required)).to.equal(true);
    }
  });

  it("describes every error code under its status, at every command", () => {
    expect(document.components.schemas.Problem.properties.code.enum).to.deep.equal(
      Object.keys(errors),
    );
    for (const { operation } of operations) {
      for (const [code, { status, meaning }] of Object.entries(errors)) {
        expect(operation.responses[status]?.description).to.include(`\`${code}\`: ${meaning}`);
      }
    }
  });
});
