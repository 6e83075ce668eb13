/** Samples of a shard as viewers get them: packed by the thread that computed them. */

import { deflateRawSync } from 'node:zlib';
import type { KernelName, Computed as Samples } from '../../kernel/kernel.js';
import type { Rect } from '../../shard/shard.js';
import { isPieceSize, pack } from '../../tiles/packing.js';
import { samplesPerPixel, type View } from '../../view/view.js';
import { type Computed, FinalFailure } from '../kind.js';

/** Higher levels take several times as long, and save a tenth. */
const LEVEL = 1;

/** @throws FinalFailure for what no worker packs */
export function requirePackable({ sampling, width, height }: View, rect: Rect, kernel: KernelName): void {
  const whole = rect.x === 0 && rect.y === 0 && rect.width === width && rect.height === height;
  const perPixel = samplesPerPixel(sampling);
  const fits = whole && perPixel === 1 && kernel === 'simd' && isPieceSize(width, height);
  if (fits) return;
  const what = `${rect.width}x${rect.height} of ${width}x${height} pixels with ${perPixel} samples each`;
  throw new FinalFailure(`${what}, computed by the ${kernel} kernel, are not packed`);
}

export function packedOf({ iterations, uncertain = [], ...arrays }: Samples, { width, height }: Rect): Computed {
  const bytes = pack(arrays, width, height, (planes) => deflateRawSync(planes, { level: LEVEL }));
  return { bytes, iterations, uncertain: uncertain.length, samples: arrays.nu.length };
}
