/** The store as a job uses it: which frames have which names, and how many bytes. */

import type { KernelName } from '../kernel/kernel.js';
import { fingerprintOf } from '../kernel/open.js';
import { openSimd } from '../kernel/simd.js';
import { type Request, viewAt } from '../request/request.js';
import { bytesOfPixel } from '../shard/assemble.js';
import { areaOf } from '../shard/missing.js';
import { Archive } from '../store/archive.js';
import { keyer } from '../store/key.js';
import { Store } from '../store/store.js';
import { type Emit, logTo } from './events.js';
import type { Picture } from './picture.js';
import type { Prepared } from './prepare.js';

export interface StoreOptions {
  /** undefined: nothing is kept or looked for. */
  readonly folder: string | undefined;
  /** Bytes. */
  readonly size: number;
  /** Raw samples are kept rather than finished pixels. */
  readonly samples: boolean;
}

/** The kernel of a whole job, and the fingerprint that all workers must have; absent: only workers know it. */
export interface Numerics {
  readonly kernel: KernelName;
  readonly fingerprint?: string;
}

/**
 * f64 has one right answer, of which this process knows the fingerprint. `local`: workers in this process, which have
 * computed it already.
 */
export async function numericsOf(
  { kernel }: Request,
  local?: { fingerprint(kernel: KernelName): Promise<string> },
): Promise<Numerics> {
  if (kernel === 'gpu' || kernel === 'cpu') return { kernel };
  return { kernel: 'simd', fingerprint: await (local ? local.fingerprint('simd') : fingerprintOf(openSimd())) };
}

/** undefined: nothing is kept. */
export async function openStore({ folder, size }: StoreOptions, emit: Emit): Promise<Store | undefined> {
  return folder === undefined ? undefined : Store.open({ folder, size, warn: logTo(emit, 'warn') });
}

/** undefined: nothing is kept. So it is with kernels whose fingerprint only the workers know. */
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

/** The same archive; each search for a frame is reported. `pixels`: of a frame. */
export function reportingRecalls(
  archive: Archive,
  pixels: number,
  emit: Emit,
): Pick<Archive, 'recall' | 'keep' | 'disown' | 'complete'> {
  return {
    async recall(frame, put) {
      const missing = await archive.recall(frame, put);
      emit({ kind: 'recalled', frame, pixels, missing: areaOf(missing) });
      return missing;
    },
    keep: (...args) => archive.keep(...args),
    disown: (by) => archive.disown(by),
    complete: (frame) => archive.complete(frame),
  };
}
