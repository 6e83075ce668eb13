/** The store as a job uses it: which renders have which keys, and how many bytes. */

import type { Archive as JobArchive, RenderJob } from '../leader/job/gathering.js';
import { bytesOfPixel } from '../shard/assemble.js';
import { crop, movedBy } from '../shard/crop.js';
import { areaOf, common } from '../shard/missing.js';
import type { Rect } from '../shard/shard.js';
import { Archive } from '../store/archive.js';
import { keyer } from '../store/key.js';
import type { Store } from '../store/store.js';
import { channelsOf } from '../view/channels.js';
import { samplesPerPixel } from '../view/view.js';
import { answerKind } from '../work/fractal/answer.js';
import { sceneIdentity, viewIdentity } from '../work/fractal/identity.js';
import type { Numerics } from '../work/fractal/numerics.js';
import type { FractalPicture } from '../work/fractal/renders.js';
import type { Emit } from './events.js';
import type { Picture } from './picture.js';
import { type Prepared, referenceOf } from './prepare.js';

/** Where the renders of a job are kept. */
export type KeptRenders = JobArchive & Pick<Archive, 'suspend' | 'hasSome' | 'expects'>;

/** The pictures of a job in the store, by their index; `renders`: their number, if known. undefined: nothing is kept, as where only workers know the fingerprint. */
export function archiveOf(
  store: Store | undefined,
  pictureAt: (render: number) => FractalPicture,
  numerics: Numerics,
  renders?: number,
): Archive | undefined {
  if (!store || numerics.fingerprint === undefined) return undefined;
  const keyOf = keysOf(numerics);
  return new Archive(store, {
    ...(renders === undefined ? {} : { renders }),
    sizeOf(render) {
      const { view, paint } = pictureAt(render);
      const { width, height, sampling } = view;
      const shape = { perPixel: samplesPerPixel(sampling), channels: channelsOf(view) };
      return { width, height, bytesPerPixel: bytesOfPixel(answerKind(paint), shape) };
    },
    keyOf: (render) => keyOf(pictureAt(render)),
  });
}

/**
 * Renders of parts of views in the store. An entry has all that may ever be kept of a view, so that films find what
 * others computed of it; keys of entries that are not just the view contain their corner.
 */
export function archiveOfParts(
  store: Store | undefined,
  { renders }: Pick<RenderJob, 'renders'>,
  pictures: readonly FractalPicture[],
  places: readonly { readonly box: Rect; readonly kept: Rect; readonly parts?: readonly Rect[] }[],
  numerics: Numerics,
): KeptRenders | undefined {
  if (!store || numerics.fingerprint === undefined) return undefined;
  const keyOf = keysOf(numerics);
  const placeAt = (render: number) => places[render] as (typeof places)[0];
  const shapeAt = (render: number) => renders[render] as (typeof renders)[0];
  const bytesAt = (render: number) => bytesOfPixel(shapeAt(render).answer, shapeAt(render));
  const archive = new Archive(store, {
    renders: renders.length,
    sizeOf(render) {
      const { width, height } = placeAt(render).kept;
      return { width, height, bytesPerPixel: bytesAt(render) };
    },
    areaOf: (render) => areaOf(placeAt(render).parts ?? [placeAt(render).box]),
    keyOf(render) {
      const { x, y } = placeAt(render).kept;
      return keyOf(pictures[render] as FractalPicture, x === 0 && y === 0 ? undefined : { x, y });
    },
  });
  /** From the box to the entry. */
  const shift = (render: number) => {
    const { box, kept } = placeAt(render);
    return [box.x - kept.x, box.y - kept.y] as const;
  };
  return {
    async recall(render, put) {
      const [right, down] = shift(render);
      const { width, height, parts } = shapeAt(render);
      const wanted = parts ?? [{ x: 0, y: 0, width, height }];
      const missing = await archive.recall(render, ({ rect, bytes, uncertain }) => {
        const here = movedBy(rect, -right, -down);
        for (const [at, part] of common([here], wanted).entries()) {
          put({ rect: part, bytes: crop(bytes, here, part, bytesAt(render)), uncertain: at === 0 ? uncertain : 0 });
        }
      });
      return common(
        missing.map((rect) => movedBy(rect, -right, -down)),
        wanted,
      );
    },
    keep: (render, piece, by) => archive.keep(render, { ...piece, rect: movedBy(piece.rect, ...shift(render)) }, by),
    disown: (by) => archive.disown(by),
    complete: (render) => archive.complete(render),
    suspend: () => archive.suspend(),
    expects: (renders) => archive.expects(renders),
    hasSome: () => archive.hasSome(),
  };
}

/** The frames of a request as pictures of a job. */
export function framesOf(prepared: Prepared, { paint, viewOf, lookOf }: Picture): (index: number) => FractalPicture {
  return (index) => {
    const view = viewOf(index);
    const reference = referenceOf(prepared, view);
    return {
      view,
      ...(paint ? { paint } : {}),
      ...(lookOf ? { look: lookOf(index) } : {}),
      ...(reference ? { reference } : {}),
    };
  };
}

/** The digest of a paint and a reference orbit is made once for all pictures that share them. */
function keysOf(numerics: Numerics): (picture: FractalPicture, origin?: Pick<Rect, 'x' | 'y'>) => string {
  const scenes: { paint: unknown; reference: unknown; key: ReturnType<typeof keyer> }[] = [];
  return ({ view, paint, look, reference }, origin) => {
    const used = view.perturbed ? reference : undefined;
    let scene = scenes.find((one) => one.paint === paint && one.reference === used);
    if (!scene) {
      const work = { kind: 'fractal', ...(paint ? { paint } : {}), ...(reference ? { reference } : {}) } as const;
      const key = keyer({ ...numerics, ...sceneIdentity(work, used !== undefined) });
      scene = { paint, reference: used, key };
      scenes.push(scene);
    }
    return scene.key({ ...viewIdentity(view, look), ...(origin ? { origin } : {}) });
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
