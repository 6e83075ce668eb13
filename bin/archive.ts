/** The store as a run uses it: which frames have which names, and how many bytes. */

import type { KernelName } from '../src/kernel/kernel.js';
import { fingerprintOf } from '../src/kernel/open.js';
import { openSimd } from '../src/kernel/simd.js';
import type { Picture } from '../src/pipeline.js';
import { type Request, viewAt } from '../src/request.js';
import { bytesOfPixel } from '../src/shard/assemble.js';
import { Archive } from '../src/store/archive.js';
import { openOnDisk } from '../src/store/disk.js';
import { keyer } from '../src/store/key.js';
import type { Store } from '../src/store/store.js';
import type { Pool } from '../src/worker/pool.js';
import type { StoreFlags } from './flags.js';
import type { Prepared } from './prepare.js';

export interface Numerics {
  readonly kernel: KernelName;
  readonly fingerprint?: string;
}

/**
 * The kernel of the whole job; f64 has one right answer, of which this machine knows the fingerprint. `pool`: workers
 * here, who tell it as quickly.
 */
export async function numericsOf({ kernel }: Request, pool?: Pool): Promise<Numerics> {
  if (kernel === 'gpu' || kernel === 'cpu') return { kernel };
  if (pool) return { kernel: 'simd', fingerprint: (await pool.offer('simd')).fingerprint };
  return { kernel: 'simd', fingerprint: await fingerprintOf(openSimd()) };
}

/** undefined: nothing is kept. */
export async function storeOf({ folder, size }: StoreFlags, warn: (line: string) => void): Promise<Store | undefined> {
  return folder === undefined ? undefined : openOnDisk({ folder, size, warn });
}

/** undefined: nothing is kept. So it is with kernels whose numbers only the workers know. */
export function archiveOf(
  store: Store | undefined,
  { request, reference }: Prepared,
  { width, height, perPixel, channels, paint }: Picture,
  numerics: Numerics,
): Archive | undefined {
  if (!store || numerics.fingerprint === undefined) return undefined;
  const kind = paint ? 'pixels' : 'samples';
  const direct = keyer({ ...numerics, kind, paint });
  const perturbed = keyer({ ...numerics, kind, paint, reference });
  return new Archive(store, {
    width,
    height,
    bytesPerPixel: bytesOfPixel(kind, { perPixel, channels }),
    keyOf(frame) {
      const view = viewAt(request, frame);
      return view.perturbed ? perturbed(view) : direct(view);
    },
  });
}
