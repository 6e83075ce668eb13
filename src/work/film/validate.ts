/** Checks segments and frames that come over the wire, before they are kept or assembled. */

import { FractalError } from '../../errors.js';
import { SHOWN_NUMBERS, TILE_NUMBERS } from '../../film/segment.js';
import { bytesOf, TILE } from '../../film/texture.js';
import { MAX_SIDE } from '../../view/bounds.js';
import type { FilmScene, FilmTask } from './scene.js';

/** Pixels of a frame: its answer travels at once. */
const MAX_PIXELS = 1 << 27;
/** Texels from the top left of a keyframe. */
const FARTHEST = 2 ** 22;
const MAX_LEVEL = 24;
/** Some groups have no tiles that are seen. */
const MAX_GROUP = 2 ** 17;
/** Paintings of keyframes in a frame: with motion blur some thousands. */
export const MOST_SHOWN = 1 << 14;
/** Numbers of a similarity: pixels of a keyframe that is far away, and larger than any. */
const LARGEST = 2 ** 40;

/** @throws FractalError PROTOCOL for a size, levels or tiles that no frame has, or texels that are not those of the tiles */
export function validateScene({ size, levels, most, tiles, texels }: FilmScene): void {
  const { width, height } = size;
  if (!isSide(width) || !isSide(height) || width * height > MAX_PIXELS) throw refused(`frames of ${width}x${height}`);
  if (levels.bits !== 8 && (levels.bits !== 16 || levels.dither)) throw refused(`pixels of ${levels.bits} bits`);
  if (most < 1 || most > MOST_SHOWN) throw refused(`frames that show ${most} keyframes`);
  if (tiles.length % TILE_NUMBERS > 0) throw refused(`tiles of ${tiles.length} numbers`);
  let [last, bytes] = [0, 0];
  for (let k = 0; k < tiles.length; k += TILE_NUMBERS) {
    const numbers = tiles.subarray(k, k + TILE_NUMBERS);
    const [group = 0, x = 0, y = 0, width = 0, height = 0, level = 0] = numbers;
    const near = Math.abs(x) <= FARTHEST && Math.abs(y) <= FARTHEST && y % 2 === 0;
    const small = width >= 1 && width <= TILE && height >= 2 && height <= TILE + 2 && height % 2 === 0;
    const inOrder = group >= last && group <= MAX_GROUP && level >= 0 && level <= MAX_LEVEL;
    if (!near || !small || !inOrder) throw refused(`a tile of ${numbers.join(', ')}`);
    last = group;
    bytes += bytesOf({ width, height });
  }
  if (bytes !== texels.length) throw refused(`${texels.length} bytes of texels for tiles of ${bytes}`);
}

/** @throws FractalError PROTOCOL for a rectangle that no frame has, or numbers that are no similarities */
export function validateTask({ rect, shown }: FilmTask, shard: number): void {
  const { x, y, width, height } = rect;
  const inside = isSide(width) && isSide(height) && x >= 0 && y >= 0 && x + width <= MAX_SIDE && y + height <= MAX_SIDE;
  if (!inside || width * height > MAX_PIXELS) throw refused(`shard ${shard}, ${width}x${height} at (${x}, ${y})`);
  const count = shown.length / SHOWN_NUMBERS;
  if (!Number.isInteger(count) || count > MOST_SHOWN) throw refused(`shard ${shard} with ${shown.length} numbers`);
  for (let k = 0; k < shown.length; k += SHOWN_NUMBERS) {
    const numbers = shown.subarray(k, k + SHOWN_NUMBERS);
    if (!isShown(numbers)) throw refused(`shard ${shard}, which shows ${numbers.join(', ')}`);
  }
}

/** What rounding may be off. */
const TINY = 1e-6;

function isShown([group = -1, cos = 0, sin = 0, x = 0, y = 0, scale = 0, weight = -1]: Float64Array): boolean {
  return (
    Number.isInteger(group) &&
    group >= 0 &&
    scale > 0 &&
    scale <= LARGEST &&
    Math.abs(Math.hypot(cos, sin) - scale) <= TINY * scale &&
    Math.abs(x) <= LARGEST &&
    Math.abs(y) <= LARGEST &&
    weight >= 0 &&
    weight <= 1
  );
}

function isSide(pixels: number): boolean {
  return pixels >= 1 && pixels <= MAX_SIDE;
}

function refused(why: string): FractalError {
  return new FractalError('PROTOCOL', `the peer sent ${why}`);
}
