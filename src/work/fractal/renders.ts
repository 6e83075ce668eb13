/** Pictures of escape-time fractals of any size as one job of a leader: each with its own view, paint and reference. */

import { FractalError } from '../../errors.js';
import type { Reference } from '../../kernel/perturbation/reference.js';
import type { LookNumbers } from '../../render/look.js';
import type { Paint } from '../../render/paint.js';
import type { Answer, Rect } from '../../shard/shard.js';
import { isPieceSize } from '../../tiles/packing.js';
import { type Channels, channelsOf } from '../../view/channels.js';
import { samplesPerPixel, type View } from '../../view/view.js';
import type { Asset } from '../asset.js';
import { answerKind, type GivenAnswer, validateAnswer } from './answer.js';
import { keptReference } from './kept-reference.js';
import type { FractalScene, FractalTask } from './scene.js';

export interface FractalPicture {
  readonly view: View;
  /** undefined: raw samples are wanted. */
  readonly paint?: Paint;
  /** In the place of the paint's numbers. */
  readonly look?: LookNumbers;
  /** Where the view is perturbed. */
  readonly reference?: Reference;
  /** What of it is wanted, without overlaps; absent: all. */
  readonly parts?: readonly Rect[];
  /** Later jobs are likely to need the same reference: workers keep it (kept-reference.ts). */
  readonly kept?: true;
  /** Raw samples as viewers get them, as FractalScene has it: of the whole view, in a job that is not divided. */
  readonly packed?: true;
}

interface FractalRender {
  readonly width: number;
  readonly height: number;
  readonly perPixel: number;
  readonly channels: Channels;
  readonly answer: Answer['kind'];
  /** Index of its scene. */
  readonly scene: number;
  readonly parts?: readonly Rect[];
}

interface FractalRenderScene {
  readonly work: FractalScene;
  /** Digests. */
  readonly assets: readonly string[];
}

export interface FractalRenders {
  readonly renders: readonly FractalRender[];
  readonly scenes: readonly FractalRenderScene[];
  readonly assets: readonly Asset[];
  taskOf(render: number, rect: Rect): FractalTask;
  validate(answer: GivenAnswer, rect: Rect, render: number): string | undefined;
}

/**
 * Pictures with the same paint and reference (the same objects) share a scene.
 * @throws FractalError REQUEST_INVALID for a packed picture that cannot be one
 */
export function fractalRenders(pictures: readonly FractalPicture[]): FractalRenders {
  const scenes: FractalRenderScene[] = [];
  const assets = new Map<string, Asset>();

  function sceneOf({ paint, reference: whole, packed, kept: isKept }: FractalPicture): number {
    const kept = isKept && whole && keptReference(whole);
    const reference = kept?.reference ?? whole;
    const known = scenes.findIndex(
      ({ work }) => work.paint === paint && work.reference === reference && work.packed === packed,
    );
    if (known >= 0) return known;
    if (kept) assets.set(kept.asset.digest, kept.asset);
    const shared = { ...(paint ? { paint } : {}), ...(reference ? { reference } : {}) };
    const work = { kind: 'fractal', ...shared, ...(packed ? { packed } : {}) } as const;
    return scenes.push({ work, assets: kept ? [kept.asset.digest] : [] }) - 1;
  }

  const renders = pictures.map((picture): FractalRender => {
    const { view, paint, parts, packed } = picture;
    if (packed) checkPacked(picture);
    const { width, height, sampling } = view;
    const size = { width, height, perPixel: samplesPerPixel(sampling), channels: channelsOf(view) };
    return {
      ...size,
      answer: packed ? 'packed' : answerKind(paint),
      scene: sceneOf(picture),
      ...(parts ? { parts } : {}),
    };
  });
  return {
    renders,
    scenes,
    assets: [...assets.values()],
    taskOf(render, rect) {
      const { view, look } = at(pictures, render);
      return { kind: 'fractal', view, rect, ...(look ? { look } : {}) };
    },
    validate(answer, rect, render) {
      const shape = at(renders, render);
      return validateAnswer(answer, rect, shape.answer, shape);
    },
  };
}

/** @throws FractalError REQUEST_INVALID */
function checkPacked({ view, paint, parts }: FractalPicture): void {
  const { width, height, sampling } = view;
  const wrong = paint
    ? 'colours are wanted'
    : parts
      ? 'parts of it are wanted'
      : samplesPerPixel(sampling) !== 1
        ? `it has ${samplesPerPixel(sampling)} samples a pixel`
        : isPieceSize(width, height)
          ? undefined
          : 'it is too large';
  if (wrong) throw new FractalError('REQUEST_INVALID', `samples of ${width}x${height} pixels are not packed: ${wrong}`);
}

function at<T>(list: readonly T[], index: number): T {
  const one = list[index];
  if (one === undefined) throw new Error(`there is no picture ${index}`);
  return one;
}
