/** How pixels are sampled, where flags leave it open or two of them meet. */

import { isRaw } from '../render/outfile.js';
import { SAMPLING_ERROR, type Sampling } from '../view/view.js';
import type { Request } from './request.js';
import { invalid } from './values.js';

export interface SamplingValues {
  /** How many, or the standard error for which they are adaptive, in levels of 256. */
  readonly samples: number | { readonly error: number } | undefined;
  readonly seed: number;
  readonly smoothness: number | undefined;
  readonly 'full-size': boolean;
}

type Pictured = Pick<Request, 'film' | 'colours' | 'outfiles'>;

/**
 * Without a flag: stills get as many samples as they need. Not those that are to be as older programs have them, or in which
 * samples are read.
 * @throws FractalError REQUEST_INVALID
 */
export function samplingOf(v: SamplingValues, picture: Pictured): Sampling {
  const { samples, seed, smoothness: side } = v;
  const raw = picture.outfiles.find(isRaw);
  const wanted = typeof samples === 'object' ? samples : undefined;
  if (wanted && raw !== undefined)
    throw invalid(`--samples auto: "${raw}" has as many samples of each pixel as of others: give --samples a number`);
  if (wanted && !isShared(picture)) return { kind: 'adaptive', ...wanted, seed };
  if (samples === undefined && side === undefined && raw === undefined && isStill(picture))
    return { kind: 'adaptive', error: SAMPLING_ERROR.usual, seed };
  return fixedSampling(v);
}

/** Adaptive samples count as one. */
export function fixedSampling({
  samples = 1,
  seed,
  smoothness: side = 1,
  'full-size': full,
}: SamplingValues): Sampling {
  if (typeof samples === 'number' && samples > 1) return { kind: 'jittered', count: samples, seed };
  return { kind: 'grid', side: full ? 1 : side };
}

/** The same with one sample a pixel where their number would be adaptive, since raw samples are as many of each pixel. */
export function withFixedSampling<R extends Pick<Request, 'sampling'>>(request: R): R {
  return request.sampling.kind === 'adaptive' ? { ...request, sampling: { kind: 'grid', side: 1 } } : request;
}

/** Whether the frames of a film may share samples: keyframes have one a pixel. */
function isShared({ film }: Pictured): boolean {
  return film.frames > 1 && film.assembly !== 'frames';
}

function isStill({ film, colours }: Pictured): boolean {
  return film.frames === 1 && !colours.legacy;
}
