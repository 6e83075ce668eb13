/** Points over a time of any length in bounded space: when there are too many, every second one is dropped. */

export class Series<T> {
  private kept: T[] = [];
  private latest: T | undefined;
  private added = 0;
  /** Every so many points one is kept. */
  private every = 1;

  /** `most`: an even number of points. */
  constructor(private readonly most: number) {}

  add(point: T): void {
    this.latest = point;
    if (this.added++ % this.every > 0) return;
    if (this.kept.length === this.most) {
      this.kept = this.kept.filter((_, k) => k % 2 === 0);
      this.every *= 2;
    }
    this.kept.push(point);
  }

  /** The first and the latest one among them. At most one more than `most`. */
  get values(): readonly T[] {
    const { kept, latest } = this;
    return latest === undefined || kept.at(-1) === latest ? kept : [...kept, latest];
  }
}
