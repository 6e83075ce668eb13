/** Pictures of escape-time fractals of any size as one job of a leader: each with its own view, paint and reference. */

import type { Reference } from '../../kernel/perturbation/reference.js';
import type { LookNumbers } from '../../render/look.js';
import type { Paint } from '../../render/paint.js';
import type { Answer, Rect } from '../../shard/shard.js';
import { type Channels, channelsOf } from '../../view/channels.js';
import { samplesPerPixel, type View } from '../../view/view.js';
import { answerKind, type GivenAnswer, validateAnswer } from './answer.js';
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

export interface FractalRenders {
  readonly renders: readonly FractalRender[];
  readonly scenes: readonly { readonly work: FractalScene; readonly assets: readonly string[] }[];
  taskOf(render: number, rect: Rect): FractalTask;
  validate(answer: GivenAnswer, rect: Rect, render: number): string | undefined;
}

/** Pictures with the same paint and reference (the same objects) share a scene. */
export function fractalRenders(pictures: readonly FractalPicture[]): FractalRenders {
  const scenes: { readonly work: FractalScene; readonly assets: readonly string[] }[] = [];

  function sceneOf({ paint, reference }: FractalPicture): number {
    const known = scenes.findIndex(({ work }) => work.paint === paint && work.reference === reference);
    if (known >= 0) return known;
    const work = { kind: 'fractal', ...(paint ? { paint } : {}), ...(reference ? { reference } : {}) } as const;
    return scenes.push({ work, assets: [] }) - 1;
  }

  const renders = pictures.map((picture): FractalRender => {
    const { view, paint, parts } = picture;
    const { width, height, sampling } = view;
    const size = { width, height, perPixel: samplesPerPixel(sampling), channels: channelsOf(view) };
    return { ...size, answer: answerKind(paint), scene: sceneOf(picture), ...(parts ? { parts } : {}) };
  });
  return {
    renders,
    scenes,
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

function at<T>(list: readonly T[], index: number): T {
  const one = list[index];
  if (one === undefined) throw new Error(`there is no picture ${index}`);
  return one;
}
