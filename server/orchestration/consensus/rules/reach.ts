/** Which of some numbered points can be reached from which, as arrows between them are added. */
export class Reach {
  /** For each point the points that it reaches, as bits. */
  readonly #from: bigint[];

  constructor(points: number) {
    this.#from = Array<bigint>(points).fill(0n);
  }

  /** Whether a way leads from `a` to `b`. */
  has(a: number, b: number): boolean {
    return (this.#from[a]! & (1n << BigInt(b))) !== 0n;
  }

  /** Adds an arrow from `a` to `b`. */
  add(a: number, b: number): void {
    if (this.has(a, b)) return;
    const gained = this.#from[b]! | (1n << BigInt(b));
    for (const [point, reached] of this.#from.entries()) {
      if (point === a || this.has(point, a)) this.#from[point] = reached | gained;
    }
  }
}
