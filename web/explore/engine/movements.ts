/** What gestures and calls do to the camera: points of the canvas become vectors of the picture. */

import { LEVELS_PER_OCTAVE } from '../../../src/tiles/lattice.js';
import { NOWHERE, type Vector } from './camera.js';
import type { Surface } from './canvas.js';
import type { Spot } from './contract.js';
import type { Mover } from './mover.js';
import type { Moves } from './moves.js';

/** How long the picture takes to the nearest level, to a place of the wheel or keys, and to glide. */
const LEVEL_MS = 120;
const SMOOTH_MS = 180;
const GLIDE_MS = 450;

export interface MovementsOptions {
  readonly mover: Mover;
  readonly surface: Surface;
  /** Whether the picture is upside down. */
  isFlipped(): boolean;
  hold(): void;
  release(): void;
  /** After each movement. */
  moved(): void;
}

export interface Movements extends Moves {
  /** Where the cursor is, from the centre of the picture: finer pieces come from there outwards. */
  readonly focused: Vector;
  /** A point of the canvas, in pixels of the picture from its centre. */
  vectorOf(at: Spot | undefined): Vector;
  /** To the nearest level, about what the last movement was about. */
  toLevel(): void;
  /** The next level is gone to about the centre. */
  forget(): void;
}

export function movementsOf({ mover, surface, isFlipped, hold, release, moved }: MovementsOptions): Movements {
  let focus: Spot | undefined;
  /** What the last movement was about. */
  let about: Vector | undefined;
  const up = (y: number) => (isFlipped() ? -y : y);
  const smoothMs = (smooth: boolean | undefined) => (smooth ? SMOOTH_MS : 0);

  function vectorOf(at: Spot | undefined): Vector {
    if (!at) return NOWHERE;
    const ratio = surface.ratio();
    const { width, height } = surface.size;
    return { x: at.x * ratio - width / 2, y: up(at.y * ratio - height / 2) };
  }

  return {
    vectorOf,
    get focused() {
      return vectorOf(focus);
    },
    toLevel: () => mover.toLevel(about, LEVEL_MS),
    forget() {
      about = undefined;
    },
    hold,
    release,
    pan(dx, dy, glide) {
      const ratio = surface.ratio();
      mover.pan({ x: dx * ratio, y: up(dy * ratio) }, glide ? GLIDE_MS : 0);
      moved();
    },
    zoom(octaves, at, smooth) {
      about = at && vectorOf(at);
      mover.turn({ levels: octaves * LEVELS_PER_OCTAVE }, about, smoothMs(smooth));
      moved();
    },
    turn(degrees, at, smooth) {
      about = at && vectorOf(at);
      mover.turn({ degrees: up(degrees) }, about, smoothMs(smooth));
      moved();
    },
    box(a, b) {
      const ratio = surface.ratio();
      const { width, height } = surface.size;
      const share = Math.max((Math.abs(a.x - b.x) * ratio) / width, (Math.abs(a.y - b.y) * ratio) / height);
      const middle = vectorOf({ x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 });
      mover.turn({ levels: -Math.log2(share) * LEVELS_PER_OCTAVE }, middle, 2 * SMOOTH_MS, NOWHERE);
      about = undefined;
      moved();
    },
    focus(at) {
      focus = at;
    },
  };
}
