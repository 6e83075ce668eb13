/** Shards of adaptive sampling: one sample of each pixel, then more where colours need them (render/rounds.ts), a tile at a time. */

import type { Mask } from '../../kernel/chunks.js';
import type { Computed as Samples } from '../../kernel/kernel.js';
import { type Paint, paintLight } from '../../render/paint.js';
import { paintedOf } from '../../render/painted.js';
import { quantise } from '../../render/quantise.js';
import { cropped, differing, Refined, variances } from '../../render/rounds.js';
import { blocks } from '../../shard/block.js';
import type { Rect } from '../../shard/shard.js';
import { ROUNDS, type View } from '../../view/view.js';
import type { Computed } from '../kind.js';

/** Pixels along the side of a tile: whole blocks. */
const TILE = 64;

export interface Adaptive {
  readonly view: View;
  readonly seed: number;
  /** In levels of 256. */
  readonly error: number;
  readonly rect: Rect;
  readonly paint: Paint;
  /** All samples of a rectangle. */
  whole(view: View, rect: Rect): Promise<Samples>;
  /** Those of some pixels. */
  some(view: View, rect: Rect, mask: Mask): Promise<Samples>;
  /** A tile is all of the rectangle. */
  readonly undivided: boolean;
}

/** The pixels of a rectangle. A rectangle that is cut has the same ones, and computes the pixels around it as well. */
export async function adaptivePixels({
  view,
  seed,
  error,
  rect,
  paint,
  whole,
  some,
  undivided,
}: Adaptive): Promise<Computed> {
  const partOf = (from: number, to: number): View => ({ ...view, sampling: { kind: 'sequence', from, to, seed } });
  const rounds = ROUNDS.map((to, k) => partOf(ROUNDS[k - 1] ?? 0, to));
  /** `to`: of the round. */
  const lightOf = (samples: Samples, to: number) =>
    paintLight({ ...samples, perPixel: 1, scale: Math.sqrt(to), ...paintedOf(view) }, paint);
  const box = around(rect, view);
  const first = await whole(rounds[0] as View, box);
  const base = lightOf(first, 1);
  const light = cropped(base, 3, box, rect);
  const wanted = differing(base, box, rect, error);
  const spread = variances(base, box, rect, wanted);
  const uncertain = cropped(marked(first.uncertain, box.width * box.height), 1, box, rect);
  let { iterations } = first;
  let count = first.nu.length;
  const tiles = undivided ? [rect] : [...blocks(rect, TILE)].map(({ part }) => part);
  for (const tile of tiles) {
    const chosen = cropped(wanted, 1, rect, tile);
    if (!chosen.includes(1)) continue;
    const pixels = new Refined(cropped(light, 3, rect, tile), chosen, cropped(spread, 1, rect, tile), error);
    for (let k = 1, next = pixels.next(); next; next = pixels.next(), k++) {
      const more = await some(rounds[k] as View, tile, pixels.wanted);
      pixels.add(lightOf(more, next.to));
      iterations += more.iterations;
      count += more.nu.length;
      for (const at of more.uncertain ?? []) uncertain[indexIn(rect, tile, at)] = 1;
    }
    for (let y = 0; y < tile.height; y++) {
      const row = pixels.light.subarray(3 * y * tile.width, 3 * (y + 1) * tile.width);
      light.set(row, 3 * indexIn(rect, tile, y * tile.width));
    }
  }
  const rgb = quantise(light, paint.levels, rect);
  const doubtful = uncertain.reduce((sum, one) => sum + one, 0);
  return { bytes: new Uint8Array(rgb.buffer as ArrayBuffer), iterations, uncertain: doubtful, samples: count };
}

/** The rectangle, and the pixels of the picture around it. */
function around({ x, y, width, height }: Rect, picture: View): Rect {
  const [left, top] = [Math.max(0, x - 1), Math.max(0, y - 1)];
  const [right, bottom] = [Math.min(picture.width, x + width + 1), Math.min(picture.height, y + height + 1)];
  return { x: left, y: top, width: right - left, height: bottom - top };
}

function marked(places: readonly number[] = [], length: number): Uint8Array {
  const marks = new Uint8Array(length);
  for (const at of places) marks[at] = 1;
  return marks;
}

/** The place in the rows of `rect` of a place in those of a part of it. */
function indexIn(rect: Rect, part: Rect, at: number): number {
  const [x, y] = [part.x + (at % part.width), part.y + Math.floor(at / part.width)];
  return (y - rect.y) * rect.width + x - rect.x;
}
