import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { packageRoot } from "../../server/package_root.ts";

/** The options of V8 or Node in whatever form a command is written down. */
const optionsIn = (command: string) => command.match(/--[a-z-]+=\d+/g);

describe("what starts a node", () => {
  const read = (name: string) => readFile(join(packageRoot, name), "utf8");

  it("gives Node the same settings in npm start, the Procfile and the image, which the documentation names", async () => {
    const { scripts } = JSON.parse(await read("package.json")) as { scripts: { start: string } };
    const settings = optionsIn(scripts.start);
    expect(settings).to.have.length(2);
    const [web] = /^web:.*$/m.exec(await read("Procfile"))!;
    const [command] = /^CMD .*$/m.exec(await read("Dockerfile"))!;
    expect([web, command].map(optionsIn)).to.deep.equal([settings, settings]);
    const documented = await read("docs/configuration.md");
    for (const setting of settings!) expect(documented).to.include(`\`${setting}\``);
  });
});
