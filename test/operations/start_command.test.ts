import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { packageRoot } from "../../server/package_root.ts";

/** Its options, whether it is written as a line or as JSON. */
const optionsIn = (command: string) => command.match(/--[^\s"]+/g);

describe("what starts a node", () => {
  const read = (name: string) => readFile(join(packageRoot, name), "utf8");

  it("gives Node the same settings in npm start, the Procfile and the image, which the documentation names", async () => {
    const { scripts } = JSON.parse(await read("package.json")) as { scripts: { start: string } };
    const settings = optionsIn(scripts.start);
    expect(settings).to.be.an("array");
    const [web] = /^web:.*$/m.exec(await read("Procfile"))!;
    const [command] = /^CMD .*$/m.exec(await read("Dockerfile"))!;
    expect([web, command].map(optionsIn)).to.deep.equal([settings, settings]);
    const documented = await read("docs/configuration.md");
    for (const setting of settings!) expect(documented).to.include(`\`${setting}\``);
  });
});
