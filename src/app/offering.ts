/** The threads of a worker, once they can compute what the worker offers. */

import { availableParallelism } from 'node:os';
import { LIMITS } from '../cluster/listen.js';
import { FractalError } from '../errors.js';
import type { KernelName } from '../kernel/kernel.js';
import { openPool, type Pool } from '../worker/pool.js';
import { type Context, inStage, orAborted } from './stage.js';

export interface OfferOptions {
  /** Absent: one for each core. */
  readonly slots?: number;
  /** The kernels that are offered. */
  readonly kernel: 'auto' | KernelName;
  /** Bytes that the scenes of all leaders may take. */
  readonly sceneBytes: number;
}

/** A pool that can compute; without a GPU, one of the simd kernel. @throws FractalError KERNEL_MISSING, RESOURCES */
export async function openOffering(
  options: OfferOptions,
  { emit, signal }: Context,
): Promise<{ readonly pool: Pool; readonly kernel: OfferOptions['kernel'] }> {
  const pool = openPool(options.slots ?? availableParallelism(), {
    offered: options.kernel,
    sceneBytes: options.sceneBytes,
    spare: LIMITS.leaders,
  });
  try {
    const kernel = options.kernel === 'auto' ? 'simd' : options.kernel;
    const offer = () => orAborted(signal, orBroken(pool, Promise.all([pool.started, pool.offer(kernel)])));
    await inStage('kernel', { emit, signal }, offer);
    return { pool, kernel: options.kernel };
  } catch (error) {
    await pool.close();
    const lacksGpu = options.kernel === 'gpu' && error instanceof FractalError && error.code === 'KERNEL_MISSING';
    if (!lacksGpu) throw error;
    emit({ kind: 'log', level: 'warn', always: true, text: `${error.message}: this worker offers the simd kernel` });
    return openOffering({ ...options, kernel: 'simd' }, { emit, signal });
  }
}

/** The slots that the offered kernels can use. */
export function slotsOf(pool: Pick<Pool, 'slots' | 'slotsFor'>, kernel: OfferOptions['kernel']): number {
  return kernel === 'auto' ? pool.slots : pool.slotsFor(kernel);
}

/** The result of the promise, unless the pool fails before. @throws FractalError the reason of that failure */
export async function orBroken<T>(pool: Pool, awaited: Promise<T>): Promise<T> {
  const broken = pool.broken.then((error) => {
    throw error;
  });
  return Promise.race([awaited, broken]);
}
