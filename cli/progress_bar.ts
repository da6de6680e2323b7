import { SingleBar } from "cli-progress";

/** A bar on stderr, which shows nothing where stderr is no terminal. */
export class ProgressBar {
  readonly #bar: SingleBar;

  /** @param name what makes progress; others may have written it */
  constructor(name: string) {
    this.#bar = new SingleBar({
      format: `${name.replaceAll("{", "(")} {bar} {value}/{total}`,
      stream: process.stderr,
      barCompleteChar: "█",
      barIncompleteChar: "░",
      barsize: 30,
      hideCursor: true,
    });
  }

  /** Begins when first called. */
  show(done: number, total: number): void {
    if (!process.stderr.isTTY) return;
    if (!this.#bar.isActive) this.#bar.start(total, done);
    this.#bar.setTotal(total);
    this.#bar.update(done);
  }

  stop(): void {
    this.#bar.stop();
  }
}
