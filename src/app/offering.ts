/** The threads of a worker, once they can compute what the worker offers. */

import { availableParallelism } from 'node:os';
import { LIMITS } from '../cluster/listen.js';
import { FractalError } from '../errors.js';
import type { KernelName } from '../kernel/kernel.js';
import type { Kinds } from '../work/kind.js';
import { BUILT_IN } from '../work/kinds.js';
import { openPovray, type PovrayOptions } from '../work/povray/kind.js';
import { POVRAY_KERNEL } from '../work/povray/scene.js';
import { openPool, type Pool } from '../worker/pool.js';
import { type Context, inStage, orAborted } from './stage.js';

export interface OfferOptions {
  /** Absent: one for each core. */
  readonly slots?: number;
  /** The kernels that are offered. */
  readonly kernel: 'auto' | KernelName;
  /** Bytes that the scenes of all leaders may take. */
  readonly sceneBytes: number;
  /** As of PoolOptions. */
  readonly commonAssets?: boolean;
  /** POV-Ray scenes are offered, too. Absent: they are not. */
  readonly povray?: PovrayOptions;
}

const UNCONFINED =
  '--no-sandbox: POV-Ray scenes of all leaders may read, write and delete whatever this worker may: for scenes that you trust';

/** A pool that can compute; without a GPU, one of the simd kernel. @throws FractalError KERNEL_MISSING, RESOURCES */
export async function openOffering(
  options: OfferOptions,
  { emit, signal }: Context,
): Promise<{ readonly pool: Pool; readonly kernel: OfferOptions['kernel'] }> {
  if (options.povray?.unconfined) emit({ kind: 'log', level: 'warn', always: true, text: UNCONFINED });
  const kinds = options.povray ? { ...BUILT_IN, povray: await openPovray(options.povray) } : BUILT_IN;
  return offering(options, kinds, { emit, signal });
}

async function offering(
  options: OfferOptions,
  kinds: Kinds,
  { emit, signal }: Context,
): Promise<{ readonly pool: Pool; readonly kernel: OfferOptions['kernel'] }> {
  const pool = openPool(options.slots ?? availableParallelism(), {
    offered: options.kernel,
    sceneBytes: options.sceneBytes,
    commonAssets: options.commonAssets ?? false,
    spare: LIMITS.leaders,
    kinds,
  });
  try {
    const kernels = [options.kernel === 'auto' ? 'simd' : options.kernel, ...(options.povray ? [POVRAY_KERNEL] : [])];
    const ready = [pool.started, ...kernels.map((kernel) => pool.offer(kernel))];
    const offer = () => orAborted(signal, orBroken(pool, Promise.all(ready)));
    await inStage('kernel', { emit, signal }, offer);
    return { pool, kernel: options.kernel };
  } catch (error) {
    await pool.close();
    const lacksGpu = options.kernel === 'gpu' && error instanceof FractalError && error.code === 'KERNEL_MISSING';
    if (!lacksGpu) throw error;
    emit({ kind: 'log', level: 'warn', always: true, text: `${error.message}: this worker offers the simd kernel` });
    return offering({ ...options, kernel: 'simd' }, kinds, { emit, signal });
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
