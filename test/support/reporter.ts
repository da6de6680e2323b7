import Mocha from "mocha";

/** Mocha's own report, and after everything else one line for machines: `N passed, N failed`. */
export default class Reporter extends Mocha.reporters.Spec {
  constructor(runner: Mocha.Runner, options: Mocha.MochaOptions) {
    super(runner, options);
    process.once("exit", (code) => {
      const failed = this.stats.failures || Number(code !== 0); // a setup that failed counts as one
      console.log(`${this.stats.passes} passed, ${failed} failed`);
    });
  }
}
