/** When a picture is drawn how coarsely: coarser ones while it changes, where drawing is slow, and a full one once it rests. */

import { openPace } from './pace.js';
import type { Scenery } from './painter.js';
import type { Picture } from './picture.js';

export interface Painting {
  /** Draws the scenery now. `now`: milliseconds. */
  paint(now: number, how: Progress): void;
  close(): void;
}

export interface Progress {
  readonly isMoving: boolean;
  /** No piece is missing. */
  readonly isComplete: boolean;
}

export interface PaintingOptions {
  readonly picture: Pick<Picture, 'draw'>;
  /** Undefined: it cannot be drawn yet. */
  scenery(coarseness: number): Scenery | undefined;
  /** It is to be drawn again. */
  again(): void;
}

/** Pictures drawn in so quick succession, and those that more pieces are awaited for, are coarser where drawing is slow. */
const QUICK_MS = 150;
const AWAITED_MS = 1_000;
/** Beyond the pause. */
const LATER_MS = 10;

export function openPainting({ picture, scenery, again }: PaintingOptions): Painting {
  const pace = openPace();
  let drawnMs = 0;
  let finer: ReturnType<typeof setTimeout> | undefined;
  return {
    paint(now, { isMoving, isComplete }) {
      const pauseMs = isComplete ? QUICK_MS : AWAITED_MS;
      const coarseness = isMoving || now - drawnMs < pauseMs ? pace.coarseness : 1;
      drawnMs = now;
      clearTimeout(finer);
      const drawn = coarseness === 1 ? (ms: number) => pace.drewFull(ms, isComplete) : undefined;
      const what = scenery(coarseness);
      if (what) picture.draw(what, drawn);
      // What was drawn coarsely is drawn again once nothing else is.
      if (coarseness > 1 && !isMoving) finer = setTimeout(again, pauseMs + LATER_MS);
    },
    close: () => clearTimeout(finer),
  };
}
