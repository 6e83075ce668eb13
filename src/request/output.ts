/** What is written, and how, of the values of flags. */

import type { PICTURE_FLAGS } from './flags/index.js';
import type { Encoding } from './request.js';
import { invalid, type Values } from './values.js';

type OutputValues = Values<typeof PICTURE_FLAGS>;

/** @throws FractalError REQUEST_INVALID for a name that is given twice */
export function outfilesOf({ outfile, frames }: OutputValues): readonly [string, ...string[]] {
  const [first = frames > 1 ? 'fractal.mp4' : 'fractal.png', ...rest] = outfile ?? [];
  const all = [first, ...rest] as const;
  const twice = all.find((name, k) => all.indexOf(name) < k);
  if (twice !== undefined) throw invalid(`--outfile "${twice}" was given 2 times: give it once`);
  return all;
}

export function encodingOf(v: OutputValues): Encoding {
  const { codec, crf, preset, audio } = v;
  const pixelFormat = v['pixel-format'];
  return {
    bits: v.depth === '16' ? 16 : 8,
    ...(codec === undefined ? {} : { codec }),
    ...(crf === undefined ? {} : { crf }),
    ...(preset === undefined ? {} : { preset }),
    ...(pixelFormat === undefined ? {} : { pixelFormat }),
    ...(audio === undefined ? {} : { audio }),
    stallTimeoutSeconds: v['encoder-timeout'],
  };
}
