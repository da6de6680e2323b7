import { SingleBar } from "cli-progress";

/** A bar on stderr, which shows nothing where stderr is no terminal. */
export class ProgressBar {
  readonly #bar: SingleBar;

  constructor(name: string, total: number) {
    this.#bar = new SingleBar({
      format: `${name} {bar} {value}/{total}`,
      stream: process.stderr,
      barCompleteChar: "█",
      barIncompleteChar: "░",
      barsize: 30,
      hideCursor: true,
    });
    if (process.stderr.isTTY) this.#bar.start(total, 0);
  }

  /** @param done entries so far */
  show(done: number): void {
    this.#bar.update(done);
  }

  stop(): void {
    this.#bar.stop();
  }
}
