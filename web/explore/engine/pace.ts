/**
 * How coarsely pictures are drawn while they change: where a full one takes longer than a frame of the screen, as it does without
 * graphics hardware, fewer pixels are drawn until the picture rests.
 */

export interface Pace {
  /** Pixels of the screen that are drawn as one, in each direction. */
  readonly coarseness: number;
  /** A picture was drawn in full in so many milliseconds. `isComplete`: and no piece was missing. */
  drewFull(ms: number, isComplete: boolean): void;
}

/** Full pictures that take no longer are drawn in full, though not in each frame of most screens. */
const FULL_MS = 24;
/** Others take this long: without graphics hardware the browser needs the rest of the frame to copy and to scale what was drawn. */
const COARSE_MS = 6;
const MOST = 12;
/** Of a new measurement that is longer: other work of the machine only lengthens them. */
const WEIGHT = 0.5;

export function openPace(): Pace {
  let fullMs = 0;
  return {
    get coarseness() {
      return fullMs <= FULL_MS ? 1 : Math.min(MOST, Math.round(Math.sqrt(fullMs / COARSE_MS)));
    },
    drewFull(ms, isComplete) {
      const isShorter = ms < fullMs;
      // Where pieces are missing, little is drawn.
      if (isShorter && !isComplete) return;
      fullMs = isShorter || fullMs === 0 ? ms : fullMs + WEIGHT * (ms - fullMs);
    },
  };
}
