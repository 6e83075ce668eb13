/**
 * How coarsely pictures are drawn while they change: where a full one takes longer than a frame of the screen, as it does without
 * graphics hardware, fewer pixels are drawn until the picture rests.
 */

export interface Pace {
  readonly coarseness: number;
  /** A frame of an animation. */
  frame(nowMs: number): void;
}

/** Mean milliseconds of frames above which fewer pixels are drawn, and below which more. */
const SLOW_MS = 22;
const FAST_MS = 10;
const MOST = 4;
/** Frames further apart are none of one animation. */
const APART_MS = 250;
const WEIGHT = 0.3;

export function openPace(): Pace {
  let coarseness = 1;
  let mean = 16;
  let last = -Infinity;
  return {
    get coarseness() {
      return coarseness;
    },
    frame(now) {
      const ms = now - last;
      last = now;
      if (ms > APART_MS) return;
      mean += WEIGHT * (ms - mean);
      if (mean > SLOW_MS && coarseness < MOST) {
        coarseness++;
        mean = 16;
      } else if (mean < FAST_MS && coarseness > 1) coarseness--;
    },
  };
}
