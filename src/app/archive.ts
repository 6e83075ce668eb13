/** The store as a job uses it: which renders have which keys, and how many bytes. */

import type { Archive as JobArchive } from '../leader/job/gathering.js';
import { viewAt } from '../request/request.js';
import { bytesOfPixel } from '../shard/assemble.js';
import { areaOf } from '../shard/missing.js';
import { Archive } from '../store/archive.js';
import { openOnDisk } from '../store/disk.js';
import { keyer } from '../store/key.js';
import type { Store } from '../store/store.js';
import { samplesPerPixel } from '../view/view.js';
import { answerKind } from '../work/fractal/answer.js';
import { sceneIdentity, viewIdentity } from '../work/fractal/identity.js';
import type { Numerics } from '../work/fractal/numerics.js';
import type { FractalPicture } from '../work/fractal/renders.js';
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

/** The pictures of a job in the store, by their index. undefined: nothing is kept, as where only workers know the fingerprint. */
export function archiveOf(
  store: Store | undefined,
  pictureAt: (render: number) => FractalPicture,
  numerics: Numerics,
): Archive | undefined {
  if (!store || numerics.fingerprint === undefined) return undefined;
  const keyOf = keysOf(numerics);
  return new Archive(store, {
    sizeOf(render) {
      const { view, paint } = pictureAt(render);
      const { width, height, sampling, distance } = view;
      const shape = { perPixel: samplesPerPixel(sampling), channels: distance ? 3 : 1 };
      return { width, height, bytesPerPixel: bytesOfPixel(answerKind(paint), shape) };
    },
    keyOf: (render) => keyOf(pictureAt(render)),
  });
}

/** The frames of a request as pictures of a job. */
export function framesOf({ request, reference }: Prepared, { paint }: Picture): (frame: number) => FractalPicture {
  const shared = { ...(paint ? { paint } : {}), ...(reference ? { reference } : {}) };
  return (frame) => ({ view: viewAt(request, frame), ...shared });
}

/** The digest of a paint and a reference orbit is made once for all pictures that share them. */
function keysOf(numerics: Numerics): (picture: FractalPicture) => string {
  const scenes: { paint: unknown; reference: unknown; key: ReturnType<typeof keyer> }[] = [];
  return ({ view, paint, reference }) => {
    const used = view.perturbed ? reference : undefined;
    let scene = scenes.find((one) => one.paint === paint && one.reference === used);
    if (!scene) {
      const work = { kind: 'fractal', ...(paint ? { paint } : {}), ...(reference ? { reference } : {}) } as const;
      const key = keyer({ ...numerics, ...sceneIdentity(work, used !== undefined) });
      scene = { paint, reference: used, key };
      scenes.push(scene);
    }
    return scene.key(viewIdentity(view));
  };
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
