/** The service at a moment. Only types, which the pages use as well. */

export interface Point {
  /** Milliseconds since 1970. */
  readonly time: number;
  /** Jobs. */
  readonly waiting: number;
  readonly running: number;
  readonly samplesPerSecond: number;
  /** Slots that computed, on average. */
  readonly busySlots: number;
}
