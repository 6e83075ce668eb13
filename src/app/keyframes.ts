/** A film from keyframes as a job: a render for each keyframe, the store's records of them, and the frames made of them. */

import { assembled, type Painted } from '../film/assemble.js';
import { type Camera, depthOf } from '../film/camera.js';
import { CELL } from '../film/cells.js';
import type { Keyframe } from '../film/cover.js';
import { rangeOf } from '../film/cover.js';
import { orderOf } from '../film/showing.js';
import type { Reference } from '../kernel/perturbation/reference.js';
import type { Archive as JobArchive, RenderJob } from '../leader/job/gathering.js';
import type { Paint } from '../render/paint.js';
import { PLAIN } from '../render/quantise.js';
import { type Request, viewOf } from '../request/request.js';
import { bytesOfPixel } from '../shard/assemble.js';
import { BLOCK } from '../shard/block.js';
import { crop, movedBy } from '../shard/crop.js';
import type { Frame } from '../shard/frame.js';
import { areaOf, common } from '../shard/missing.js';
import type { Rect } from '../shard/shard.js';
import { Archive } from '../store/archive.js';
import { keyer } from '../store/key.js';
import type { Store } from '../store/store.js';
import { fromLog10 } from '../view/decimal.js';
import type { View } from '../view/view.js';
import { sceneIdentity, viewIdentity } from '../work/fractal/identity.js';
import { fractalJob } from '../work/fractal/job.js';
import type { Numerics } from '../work/fractal/numerics.js';
import type { KeyframeFilm } from './assembly.js';

/** Keyframes that are under way or wait for their turn may take so much memory. */
const KEYFRAMES_BYTES = 256 << 20;

export interface KeyframeJob {
  readonly job: RenderJob;
  /** Whose frames are keyframes, in the job's order. */
  readonly keyframes: readonly Keyframe[];
  /** The frames of the film, of those of the job. */
  frames(computed: AsyncIterable<Frame>): AsyncGenerator<Frame>;
}

/** One sample a pixel of each keyframe, painted by the workers. */
export function keyframeJob(
  request: Request,
  { path, size, cover }: KeyframeFilm,
  { paint, reference }: { readonly paint: Paint; readonly reference: Reference | undefined },
): KeyframeJob {
  const order = orderOf(cover, path, size);
  const { keyframes } = order;
  const boxes = keyframes.map(({ parts }) => boxAround(parts));
  const views = keyframes.map(({ camera }) => viewAt(request, camera, cover.levels.density));
  const boxOf = (render: number) => boxes[render] as Rect;
  // What is dithered would be filtered.
  const plain = { ...paint, levels: PLAIN };
  const samples = { perPixel: 1, channels: 1, paint: plain, viewOf: (render: number) => views[render] as View };
  const { scene, answer, taskOf, validate } = fractalJob(samples, reference);
  const largest = Math.max(...boxes.map((box) => areaOf([box]))) * bytesOfPixel(answer, samples);
  const { shape, blockSize } = request;
  return {
    keyframes,
    job: {
      renders: keyframes.map(({ parts }, render) => {
        const { x, y, width, height } = boxOf(render);
        const wanted = parts.map((part) => movedBy(part, -x, -y));
        return { width, height, perPixel: 1, channels: 1, answer, scene: 0, parts: wanted };
      }),
      scenes: [scene],
      taskOf: (render, rect) => taskOf(render, movedBy(rect, boxOf(render).x, boxOf(render).y)),
      validate,
      shape,
      ...(blockSize === undefined ? {} : { blockSize }),
      window: Math.max(2, Math.floor(KEYFRAMES_BYTES / largest)),
    },
    async *frames(computed) {
      async function* painted(): AsyncGenerator<Painted> {
        for await (const { index, answer: found } of computed) {
          if (found.kind !== 'pixels') throw new TypeError('a keyframe came without colours');
          const [box, { parts }] = [boxOf(index), keyframes[index] as Keyframe];
          yield parts.map((rect) => ({ rect, rgb: crop(found.rgb, box, rect, 3) }));
        }
      }
      const { width, height } = size;
      let index = 0;
      for await (const rgb of assembled({ cover, order, path, size }, painted())) {
        yield { index: index++, width, height, perPixel: size.samples, answer: { kind: 'pixels', rgb } };
      }
    },
  };
}

/**
 * The view of a keyframe. `density`: its samples along the side of a pixel of the frames at its zoom divided by it; these
 * decide whether it is perturbed.
 */
function viewAt(request: Request, camera: Camera, density: number): View {
  const { re, im, zoom } = camera;
  const { perturbed, exact, ...rest } = viewOf(request, {
    ...{ re, im },
    zoom: density === 1 ? zoom : fromLog10(depthOf(camera) - Math.log10(density)),
  });
  const how = { ...(perturbed ? { perturbed } : {}), ...(exact ? { exact } : {}) };
  return { ...rest, ...how, zoom, sampling: { kind: 'grid', side: 1 } };
}

/** The smallest rectangle of whole blocks: shards are cut between blocks that are counted from the render's corner. */
function boxAround(parts: readonly Rect[]): Rect {
  const x = BLOCK * Math.floor(Math.min(...parts.map((part) => part.x)) / BLOCK);
  const y = BLOCK * Math.floor(Math.min(...parts.map((part) => part.y)) / BLOCK);
  const right = Math.max(...parts.map((part) => part.x + part.width));
  const bottom = Math.max(...parts.map((part) => part.y + part.height));
  return { x, y, width: right - x, height: bottom - y };
}

/**
 * Where keyframes are kept: by the view, whatever else of it other films have, in the pixels of all that a keyframe of
 * this size may have. undefined: nothing is kept.
 */
export function keyframeArchive(
  store: Store | undefined,
  request: Request,
  { job, keyframes }: KeyframeJob,
  { size, cover }: KeyframeFilm,
  numerics: Numerics,
): (JobArchive & Pick<Archive, 'suspend'>) | undefined {
  const work = job.scenes[0]?.work;
  if (!store || numerics.fingerprint === undefined || work?.kind !== 'fractal') return undefined;
  const keys = (perturbed: boolean) => keyer({ ...numerics, ...sceneIdentity(work, perturbed) });
  const [direct, perturbed] = [keys(false), keys(true)];
  const range = rangeOf(size, cover.levels.density);
  const origin = { x: range.left * CELL, y: range.top * CELL };
  const boxes = keyframes.map(({ parts }) => boxAround(parts));
  const bytesPerPixel = bytesOfPixel('pixels', { perPixel: 1, channels: 1 });
  const archive = new Archive(store, {
    sizeOf: () => ({
      width: (range.right - range.left) * CELL,
      height: (range.bottom - range.top) * CELL,
      bytesPerPixel,
    }),
    areaOf: (render) => areaOf(keyframes[render]?.parts ?? []),
    keyOf(render) {
      const view = viewAt(request, (keyframes[render] as Keyframe).camera, cover.levels.density);
      return (view.perturbed ? perturbed : direct)({ ...viewIdentity(view), origin });
    },
  });
  const shift = (render: number) => {
    const { x, y } = boxes[render] as Rect;
    return [x - origin.x, y - origin.y] as const;
  };
  return {
    async recall(render, put) {
      const [right, down] = shift(render);
      const wanted = job.renders[render]?.parts ?? [];
      const missing = await archive.recall(render, ({ rect, bytes, uncertain }) => {
        const here = movedBy(rect, -right, -down);
        for (const [at, part] of common([here], wanted).entries()) {
          put({ rect: part, bytes: crop(bytes, here, part, bytesPerPixel), uncertain: at === 0 ? uncertain : 0 });
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
  };
}
