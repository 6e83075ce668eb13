/** Looks for tests: a picture of some tiles, coarse and fine, around an anchor that all viewers share. */

import { anchorNear, type Lattice, type Piece } from '../../../src/tiles/lattice.js';
import type { LookMessage } from '../../../src/tiles/protocol.js';

const LEVEL = 160;

/** `at`: its tiles begin here. */
export function lookAt(id: number, pieces: readonly Piece[], more: Partial<LookMessage> = {}): LookMessage {
  const lattice: Lattice = { anchor: anchorNear({ re: '-0.75', im: '0.1' }, LEVEL, false), level: LEVEL, rotation: 0 };
  return {
    ...{
      type: 'look',
      id,
      scene: {},
      lattice,
      centre: lattice.anchor,
      width: 640,
      height: 360,
      colours: false,
      pieces,
    },
    ...more,
  };
}

export function tile(x: number, y: number, scale = 1): Piece {
  return { left: x, top: y, right: x + 1, bottom: y + 1, scale };
}

/** Tiles of a row, from `from` on. */
export function tiles(from: number, count: number, scale = 1): Piece[] {
  return Array.from({ length: count }, (_, k) => tile(from + k, 0, scale));
}
