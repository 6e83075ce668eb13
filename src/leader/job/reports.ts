/** What the workers of a job report at its end, as long as it is waited for. */

/** How long the workers may take to report once the last frame is gathered. */
const REPORT_MS = 2_000;

export class Reports {
  /** Functions that resolve the waiting, by worker. */
  private readonly waiting = new Map<string, () => void>();

  /** The worker has reported, or will not. */
  arrived(name: string): void {
    this.waiting.get(name)?.();
  }

  /** Resolves when all of them have arrived, at the latest after REPORT_MS. `request`: asks for them. */
  async of(names: readonly string[], request: () => void): Promise<void> {
    const all = names.map((name) => new Promise<void>((resolve) => this.waiting.set(name, resolve)));
    request();
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, REPORT_MS);
    });
    await Promise.race([Promise.all(all), timeout]);
    clearTimeout(timer);
  }
}
