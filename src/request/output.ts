/** What is written, and how, of the values of flags. */

import type { OUTPUT_FLAGS } from './flags/output.js';
import type { Encoding } from './request.js';
import { invalid, type Values } from './values.js';

type OutputValues = Values<typeof OUTPUT_FLAGS>;

/** The names that are given. @throws FractalError REQUEST_INVALID for one that is given twice */
export function outfilesOf({ outfile: all = [] }: OutputValues): readonly string[] {
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
