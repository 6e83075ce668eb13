/**
 * What a job will take on workers, in core-seconds, before it runs: its renders as they will be computed, each weighted with
 * the iterations of a coarse grid. Counts decide, not times, so that the load of this machine does not matter.
 */

import type { Paint } from '../render/colours.js';
import { PLAIN } from '../render/quantise.js';
import { frameCount, type Request, viewAt } from '../request/request.js';
import { samplesPerPixel } from '../view/view.js';
import { adaptiveNeed } from './adaptive-need.js';
import { forecastOf } from './forecast.js';
import { evenly } from './frames.js';
import { withFittingKernel } from './kernel-choice.js';
import { makingOf } from './making.js';
import { paintOf } from './picture.js';
import { type Prepared, prepare } from './prepare.js';
import { probesAround } from './probes.js';
import { wantedSamples } from './wanted.js';

/** An iteration of the direct kernel, in seconds: what costs are counted in (kernel/method.ts). */
const ITERATION_SECONDS = 0.5e-9;
/** Of films with adaptive sampling. */
const PROBED_FRAMES = 3;

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
  const paint = paintOf(request, { kind: 'pixels', levels: PLAIN });
  const { job } = await makingOf(prepared, {
    ...{ store: undefined, paint, forecast },
    // It names what is kept, which is nothing.
    numerics: { kernel: 'cpu' },
    ...{ keepsSamples: false, shown: undefined, emit: quiet, signal },
  });
  const { renders, costOf = () => 0 } = job;
  const usual = renders.reduce((sum, render, k) => sum + wantedSamples(render) * costOf(k), 0);
  return ITERATION_SECONDS * usual * (await shareOfUsual(prepared, paint, signal));
}

/** With adaptive sampling: the iterations of some frames, in parts of those of the usual number of samples. */
async function shareOfUsual(
  { request, references }: Prepared,
  paint: Paint | undefined,
  signal: AbortSignal,
): Promise<number> {
  if (request.sampling.kind !== 'adaptive' || !paint) return 1;
  const probeOf = probesAround(references);
  let [iterations, usual] = [0, 0];
  for (const index of evenly(frameCount(request.film), PROBED_FRAMES)) {
    const view = viewAt(request, request.film.first + index);
    const need = await adaptiveNeed(view, paint, probeOf(view), signal);
    iterations += need?.iterations ?? 0;
    usual += samplesPerPixel(view.sampling) * (need?.firstIterations ?? 0);
  }
  return usual > 0 ? iterations / usual : 1;
}
