/** A small picture of a frame, complete or not, to look at while it is being made: WebP, transparent where it is missing. */

import { wholeOf } from '../shard/assemble.js';
import type { Frame } from '../shard/frame.js';
import type { Answer, Packed, Rect } from '../shard/shard.js';
import { bytesOfDeep } from './quantise.js';
import { loadSharp } from './stills.js';
import { rgbOfPlanes } from './yuv.js';

/** Pixels of the longer side. */
export const SNAPSHOT_SIDE = 640;
/** Pixels that are averaged for one of the snapshot, in each direction. */
const AVERAGED = 2;
const QUALITY = 80;

/** Some pixels of a frame, which may be painted as the whole frame is. */
export interface Thinned {
  readonly frame: Frame;
  /** For each pixel 255 where it has been computed, else 0. */
  readonly seen: Uint8Array;
}

/** Every n-th pixel of every n-th row: at most 1280 in each direction, whatever the size. `placed`: absent, all of it. */
export function thinned(frame: Frame, placed?: readonly Rect[]): Thinned {
  const answer = answerOf(frame);
  const step = Math.ceil(Math.max(frame.width, frame.height) / (AVERAGED * SNAPSHOT_SIDE));
  const [width, height] = [Math.ceil(frame.width / step), Math.ceil(frame.height / step)];
  const seen = new Uint8Array(width * height);
  for (const { x, y, ...rect } of placed ?? [{ x: 0, y: 0, width: frame.width, height: frame.height }]) {
    const [left, right] = [Math.ceil(x / step), Math.ceil((x + rect.width) / step)];
    const bottom = Math.ceil((y + rect.height) / step);
    for (let row = Math.ceil(y / step); row < bottom; row++) seen.fill(255, row * width + left, row * width + right);
  }
  return { frame: { ...frame, width, height, answer: chosen(answer, frame.width * frame.height) }, seen };

  function chosen(from: Exclude<Answer, Packed>, pixels: number): Answer {
    const pick = <T extends Uint8Array | Uint16Array | Float64Array>(numbers: T): T => {
      if (step === 1) return numbers.slice() as T;
      const each = numbers.length / pixels;
      const few = new (numbers.constructor as new (length: number) => T)(width * height * each);
      for (let row = 0, at = 0; row < height; row++) {
        for (let column = 0; column < width; column++, at += each) {
          const source = (row * step * frame.width + column * step) * each;
          for (let k = 0; k < each; k++) few[at + k] = numbers[source + k] as number;
        }
      }
      return few;
    };
    return from.kind === 'samples'
      ? { ...from, values: pick(from.values) }
      : ({ ...from, rgb: pick(from.rgb) } as Answer);
  }
}

/** The bytes of a WebP file. `frame`: of pixels. `flip`: mirrored top to bottom. */
export async function encodeSnapshot({ frame, seen }: Thinned, flip: boolean): Promise<Buffer> {
  const { width, height, answer } = frame;
  if (answer.kind !== 'pixels' && answer.kind !== 'deep-pixels')
    throw new TypeError(`${answer.kind} are made pixels before they are encoded`);
  const rgb = answer.kind === 'pixels' ? answer.rgb : bytesOfDeep(answer.rgb, false, { x: 0, y: 0, width });
  const rgba = new Uint8Array(4 * width * height);
  for (let at = 0; at < seen.length; at++) {
    for (let k = 0; k < 3; k++) rgba[4 * at + k] = rgb[3 * at + k] as number;
    rgba[4 * at + 3] = seen[at] as number;
  }
  const sharp = await loadSharp();
  const image = sharp(rgba, { raw: { width, height, channels: 4 } }).flip(flip);
  const box = { width: SNAPSHOT_SIDE, height: SNAPSHOT_SIDE, fit: 'inside', withoutEnlargement: true } as const;
  return image.resize(box).webp({ quality: QUALITY }).toBuffer();
}

function answerOf({ answer, ...size }: Frame): Exclude<Answer, Packed> {
  if (answer.kind === 'pieces') return wholeOf(answer, size);
  if (answer.kind === 'packed') throw new TypeError('packed samples are shown by viewers alone');
  return answer.kind === 'planes' ? { kind: 'pixels', rgb: rgbOfPlanes(answer, size) } : answer;
}
