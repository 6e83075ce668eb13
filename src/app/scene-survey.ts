/** What the workers have for scenes, before anything is sent to them: the fingerprint of their POV-Ray. */

import type { Fleet } from '../leader/fleet/fleet.js';
import type { RenderJob } from '../leader/job/gathering.js';
import { type JobOptions, startJob } from '../leader/job/job.js';
import { COUNTS } from '../view/channels.js';
import { POVRAY_KERNEL } from '../work/povray/scene.js';
import type { ClusterUse } from './compute.js';
import { endingWith } from './stage.js';

export interface Survey {
  /** Equal for workers whose pictures are equal to the bit. */
  readonly fingerprint: string;
  /** Of the workers that are ready, at least 1. */
  readonly slots: number;
}

/** A job of one pixel, which ends before it is assigned. */
const PIXEL: RenderJob = {
  renders: [{ width: 1, height: 1, perPixel: 1, channels: COUNTS, answer: 'pixels', scene: 0 }],
  scenes: [],
  shape: 'row',
  window: 1,
  taskOf() {
    throw new Error('the survey assigns nothing');
  },
  validate: () => 'nothing was assigned',
};

/** Resolves when the first worker has opened the kernel. @throws FractalError NO_WORKER, KERNEL_MISSING, WORKER_MISSING */
export async function surveyed(
  fleet: Fleet,
  { strict, waits = false, standing }: ClusterUse,
  signal: AbortSignal,
): Promise<Survey> {
  const ending = endingWith(signal);
  let fingerprint: string | undefined;
  const options: JobOptions = {
    ...{ name: 'survey', kernel: POVRAY_KERNEL, ...standing, minWorkers: 1, strict, waits, metrics: false },
    ...{ signal: ending.signal, now: () => performance.now() },
    note() {},
    progress() {},
    gathered() {},
    joined(worker) {
      fingerprint ??= worker.fingerprint;
      ending.end(new Error('the survey is complete'));
    },
  };
  try {
    for await (const _ of startJob(fleet, PIXEL, options).frames);
  } catch (error) {
    if (fingerprint === undefined) throw error;
  } finally {
    ending.release();
  }
  const slots = fleet.workers.reduce((sum, one) => sum + one.slots, 0);
  return { fingerprint: fingerprint as string, slots: Math.max(1, slots) };
}
