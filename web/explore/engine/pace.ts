/**
 * How coarsely pictures are drawn while they change: where a full one takes longer than a frame of the screen, as it does without
 * graphics hardware, fewer pixels are drawn until the picture rests.
 */

export interface Pace {
  /** Pixels of the canvas that are drawn as one, in each direction. */
  readonly coarseness: number;
  /** A picture of this coarseness was drawn in so many milliseconds. */
  drew(ms: number, coarseness: number): void;
}

/** A picture that changes should take no longer: a frame of most screens. */
const AIM_MS = 16;
/** Not worth less detail: up to half as long again. */
const SLACK = 0.25;
const MOST = 8;
/** Of a new measurement. */
const WEIGHT = 0.5;

export function openPace(): Pace {
  /** Of a picture of coarseness 1: the time is about that of the pixels. */
  let fullMs: number | undefined;
  return {
    get coarseness() {
      return Math.max(1, Math.min(MOST, Math.ceil(Math.sqrt((fullMs ?? 0) / AIM_MS) - SLACK)));
    },
    drew(ms, coarseness) {
      const full = ms * coarseness ** 2;
      fullMs = fullMs === undefined ? full : fullMs + WEIGHT * (full - fullMs);
    },
  };
}
