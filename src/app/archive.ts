/** The store as a job uses it: which frames have which names, and how many bytes. */

import type { Archive as JobArchive } from '../leader/job/gathering.js';
import { viewAt } from '../request/request.js';
import { bytesOfPixel } from '../shard/assemble.js';
import { areaOf } from '../shard/missing.js';
import { Archive } from '../store/archive.js';
import { openOnDisk } from '../store/disk.js';
import { keyer } from '../store/key.js';
import type { Store } from '../store/store.js';
import { sceneIdentity, viewIdentity } from '../work/fractal/identity.js';
import { fractalJob } from '../work/fractal/job.js';
import type { Numerics } from '../work/fractal/numerics.js';
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

/** undefined: nothing is kept. */
export async function openStore({ folder, size }: StoreOptions, emit: Emit): Promise<Store | undefined> {
  return folder === undefined ? undefined : openOnDisk({ folder, size, warn: logTo(emit, 'warn') });
}

/** undefined: nothing is kept. So it is with kernels whose fingerprint only the workers know. */
export function archiveOf(
  store: Store | undefined,
  { request, reference }: Prepared,
  picture: Picture,
  numerics: Numerics,
): Archive | undefined {
  if (!store || numerics.fingerprint === undefined) return undefined;
  const { scene, answer } = fractalJob(picture, reference);
  const keys = (perturbed: boolean) => keyer({ ...numerics, ...sceneIdentity(scene.work, perturbed) });
  const [direct, perturbed] = [keys(false), keys(true)];
  const { width, height } = picture;
  return new Archive(store, {
    width,
    height,
    bytesPerPixel: bytesOfPixel(answer, picture),
    keyOf(frame) {
      const view = viewAt(request, frame);
      return (view.perturbed ? perturbed : direct)(viewIdentity(view));
    },
  });
}

/** The same archive; each search for a render is reported. `pixelsOf`: those that are wanted of it. */
export function reportingRecalls(archive: JobArchive, pixelsOf: (render: number) => number, emit: Emit): JobArchive {
  return {
    async recall(frame, put) {
      const missing = await archive.recall(frame, put);
      emit({ kind: 'recalled', frame, pixels: pixelsOf(frame), missing: areaOf(missing) });
      return missing;
    },
    keep: (...args) => archive.keep(...args),
    disown: (by) => archive.disown(by),
    complete: (frame) => archive.complete(frame),
  };
}
