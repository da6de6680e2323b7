import { builtinModules } from "node:module";
import { gzipSync } from "node:zlib";
import { expect } from "chai";
import { build, type Rollup } from "vite";

describe("the SDK in a browser", () => {
  it("is bundled without any module of Node", async function () {
    this.timeout(60_000);
    const outside = new Set<string>();
    const result = await build({
      configFile: false,
      logLevel: "error",
      build: {
        write: false,
        lib: { entry: "client/index.ts", formats: ["iife"], name: "taskmaster" },
        rollupOptions: {
          // Vite would put an empty module in the place of one of Node's.
          external: (id: string) => {
            const isOutside = id.startsWith("node:") || builtinModules.includes(id);
            if (isOutside) outside.add(id);
            return isOutside;
          },
        },
      },
    });
    const [{ output }] = result as Rollup.RollupOutput[] as [Rollup.RollupOutput];
    const [{ code, imports }] = output;
    expect([...outside, ...imports]).to.deep.equal([]);
    expect(code).not.to.match(/\bprocess\.(env|nextTick|exit)\b|\brequire\(|\bBuffer\.from\b/);
    const kilobytes = (bytes: number) => `${(bytes / 1024).toFixed(1)} KB`;
    console.log(`      ${kilobytes(code.length)}, ${kilobytes(gzipSync(code).length)} gzipped`);
  });
});
