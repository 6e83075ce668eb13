/** Moves the camera: where it aims at, and what is shown on the way there. Times in milliseconds. */

import { LEVELS_PER_OCTAVE } from '../../../src/tiles/lattice.js';
import type { Matrix } from '../../../src/view/matrix.js';
import { type Aim, boundDepth, moved, NOWHERE, pixelRatio, turn, turned, type Vector } from './camera.js';
import { AT_AIM, along, type Shown, seenFromMoved, seenFromTurned, shownPixel, toAim } from './motion.js';

export interface Turning {
  readonly levels?: number;
  readonly degrees?: number;
}

export interface Mover {
  readonly aim: Aim;
  readonly shown: Shown;
  /** The same with the snap of a picture that rests. */
  readonly drawn: Shown;
  readonly isMoving: boolean;
  /** The point of the picture that is shown under `at` moves by a vector. `ms`: takes so long; 0: at once. */
  pan(by: Vector, ms: number): void;
  /** About the point that is shown at `at`, which moves to `to`; absent: about the centre that is aimed at, or to where it is. */
  turn(by: Turning, at: Vector | undefined, ms: number, to?: Vector): void;
  /** To another aim. `from`: where what is shown lies in its picture; absent: nothing of it is to be seen there. */
  jump(aim: Aim, from: Shown | undefined, ms: number): void;
  /** To the nearest level, likewise. */
  toLevel(at: Vector | undefined, ms: number): void;
  /**
   * The picture that rests is drawn off the aim, by less than a pixel, so that its pixels are samples. Movements know nothing of
   * it: else each of them would add a part of a pixel.
   */
  snap(off: Vector): void;
  tick(now: number): void;
}

export interface MoverOptions {
  readonly aim: Aim;
  deformation(): Matrix | undefined;
  /** Of the picture. */
  height(): number;
  now(): number;
}

interface Way {
  readonly from: Shown;
  readonly startMs: number;
  readonly ms: number;
}

export function openMover({ aim: first, deformation, height, now }: MoverOptions): Mover {
  let aim = first;
  let shown = AT_AIM;
  let off = NOWHERE;
  let way: Way | undefined;

  /** What is shown as seen from the new aim; straight away when nothing is to be animated. */
  function lead(seen: Shown, ms: number): void {
    off = NOWHERE;
    if (ms > 0) {
      shown = seen;
      way = { from: seen, startMs: now(), ms };
    } else if (way === undefined) shown = AT_AIM;
  }

  function turnAim({ levels = 0, degrees = 0 }: Turning, at: Vector | undefined, ms: number, end = at): void {
    const depth = boundDepth(aim.depth + levels, height());
    const from = at ? toAim(shown, at) : NOWHERE;
    // Without a way there the picture keeps its distance from the aim.
    const to = end && (ms > 0 || way === undefined) ? end : from;
    const rotation = aim.rotation + degrees;
    const ratio = pixelRatio(aim.depth, depth);
    const seen = seenFromTurned(shown, { at: from, to, levels: depth - aim.depth, degrees, ratio });
    aim = turned(aim, from, to, { depth, rotation }, deformation());
    lead(seen, ms);
  }

  return {
    get aim() {
      return aim;
    },
    get shown() {
      return shown;
    },
    get drawn() {
      return way === undefined ? { ...shown, x: shown.x + off.x, y: shown.y + off.y } : shown;
    },
    get isMoving() {
      return way !== undefined;
    },
    pan(by, ms) {
      const pixel = shownPixel(shown);
      const vector = { x: -by.x * pixel, y: -by.y * pixel };
      const seen = seenFromMoved(shown, vector);
      aim = moved(aim, vector, deformation());
      lead(seen, ms);
    },
    turn: turnAim,
    jump(other, from, ms) {
      aim = other;
      way = undefined;
      if (from && ms > 0) lead(from, ms);
      else [shown, off] = [AT_AIM, NOWHERE];
    },
    toLevel(at, ms) {
      const levels = Math.round(aim.depth) - aim.depth;
      const rotation = turn(aim.rotation);
      if (levels !== 0 || rotation !== aim.rotation) turnAim({ levels, degrees: rotation - aim.rotation }, at, ms);
      // Exactly, whatever was added up before.
      aim = { ...aim, depth: Math.round(aim.depth), rotation };
    },
    snap(vector) {
      off = vector;
    },
    tick(time) {
      if (way === undefined) return;
      const part = Math.min(1, Math.max(0, (time - way.startMs) / way.ms));
      shown = along(way.from, AT_AIM, 1 - (1 - part) ** 3);
      if (part === 1) {
        shown = AT_AIM;
        way = undefined;
      }
    },
  };
}

/** How long the way to another aim takes. */
export function flightMs(from: Shown): number {
  const octaves = Math.abs(from.depth) / LEVELS_PER_OCTAVE;
  return Math.min(2_500, 350 + 90 * octaves);
}
