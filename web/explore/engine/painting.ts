/** When a picture is drawn how coarsely: coarser ones while it changes, where drawing is slow, and a full one once it rests. */

import { openPace } from './pace.js';

export interface Painting {
  /** Draws the picture now. `now`: milliseconds. */
  paint(now: number, how: Progress): void;
  close(): void;
}

export interface Progress {
  readonly isMoving: boolean;
  /** No piece is missing. */
  readonly isComplete: boolean;
}

export interface PaintingOptions {
  /** `drawn`: may get the milliseconds that it took. */
  draw(coarseness: number, isComplete: boolean, drawn?: (ms: number) => void): void;
  /** It is to be drawn again. */
  again(): void;
}

/** Pictures drawn in so quick succession, and those that more pieces are awaited for, are coarser where drawing is slow. */
const QUICK_MS = 150;
const AWAITED_MS = 1_000;
/** Beyond the pause. */
const LATER_MS = 10;

export function openPainting({ draw, again }: PaintingOptions): Painting {
  const pace = openPace();
  let drawnMs = 0;
  let finer: ReturnType<typeof setTimeout> | undefined;
  return {
    paint(now, { isMoving, isComplete }) {
      const pauseMs = isComplete ? QUICK_MS : AWAITED_MS;
      const coarseness = isMoving || now - drawnMs < pauseMs ? pace.coarseness : 1;
      drawnMs = now;
      clearTimeout(finer);
      draw(coarseness, isComplete, coarseness === 1 ? (ms) => pace.drewFull(ms, isComplete) : undefined);
      // What was drawn coarsely is drawn again once nothing else is.
      if (coarseness > 1 && !isMoving) finer = setTimeout(again, pauseMs + LATER_MS);
    },
    close: () => clearTimeout(finer),
  };
}
