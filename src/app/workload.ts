/**
 * What a job will take on workers, in core-seconds, before it runs: its renders as they will be computed, each weighted with
 * the iterations of a coarse grid. Counts decide, not times, so that the load of this machine does not matter.
 */

import { PLAIN } from '../render/quantise.js';
import type { Request } from '../request/request.js';
import { forecastOf } from './forecast.js';
import { withFittingKernel } from './kernel-choice.js';
import { makingOf } from './making.js';
import { paintOf } from './picture.js';
import { prepare } from './prepare.js';
import { wantedSamples } from './wanted.js';

/** An iteration of the direct kernel, in seconds: what costs are counted in (kernel/method.ts). */
const ITERATION_SECONDS = 0.5e-9;

/**
 * Core-seconds. It computes some thousand samples, and reference orbits.
 * @throws FractalError as a run of the job, or the signal's reason
 */
export async function workloadOf(ordered: Request, signal: AbortSignal): Promise<number> {
  const quiet = () => undefined;
  const context = { emit: quiet, signal };
  const prepared = await prepare(withFittingKernel(ordered, { strict: false, warn: quiet }), context);
  const { request } = prepared;
  const forecast = await forecastOf(prepared, signal);
  const { job } = await makingOf(prepared, {
    ...{ store: undefined, paint: paintOf(request, { kind: 'pixels', levels: PLAIN }), forecast },
    // It names what is kept, which is nothing.
    numerics: { kernel: 'cpu' },
    ...{ keepsSamples: false, shown: undefined, emit: quiet, signal },
  });
  const { renders, costOf = () => 0 } = job;
  return ITERATION_SECONDS * renders.reduce((sum, render, k) => sum + wantedSamples(render) * costOf(k), 0);
}
