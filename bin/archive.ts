/** The store as a run uses it: which frames have which names, and how many bytes. */

import type { Picture } from '../src/pipeline.js';
import { viewAt } from '../src/request.js';
import { bytesOfPixel } from '../src/shard/assemble.js';
import { Archive } from '../src/store/archive.js';
import { keyer } from '../src/store/key.js';
import { Store } from '../src/store/store.js';
import { sceneIdentity, viewIdentity } from '../src/work/fractal/identity.js';
import { fractalJob } from '../src/work/fractal/job.js';
import type { Numerics } from '../src/work/fractal/numerics.js';
import type { StoreFlags } from './flags.js';
import type { Prepared } from './prepare.js';

/** undefined: nothing is kept. */
export async function storeOf({ folder, size }: StoreFlags, warn: (line: string) => void): Promise<Store | undefined> {
  return folder === undefined ? undefined : Store.open({ folder, size, warn });
}

/** undefined: nothing is kept. So it is with kernels whose numbers only the workers know. */
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
