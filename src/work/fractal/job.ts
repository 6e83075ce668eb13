/** Frames of an escape-time fractal as a leader's job: their scene, the task of each shard, the check of its answer. */

import type { Reference } from '../../kernel/perturbation/reference.js';
import type { LookNumbers } from '../../render/look.js';
import type { Paint } from '../../render/paint.js';
import type { Size } from '../../shard/assemble.js';
import type { Answer, Rect } from '../../shard/shard.js';
import type { View } from '../../view/view.js';
import { answerKind, type GivenAnswer, validateAnswer } from './answer.js';
import type { FractalScene, FractalTask } from './scene.js';

export interface FractalFrames extends Pick<Size, 'perPixel' | 'channels'> {
  viewOf(frame: number): View;
  /** undefined: raw samples are wanted. */
  readonly paint: Paint | undefined;
  /** What of the paint is other than in the rest of the film; absent: nothing, in any frame. */
  lookOf?(frame: number): LookNumbers;
}

export interface FractalJob {
  readonly scene: { readonly work: FractalScene; readonly assets: readonly string[] };
  readonly answer: Answer['kind'];
  taskOf(frame: number, rect: Rect): FractalTask;
  validate(answer: GivenAnswer, rect: Rect): string | undefined;
}

/** `reference`: where some of the views are perturbed. */
export function fractalJob(frames: FractalFrames, reference?: Reference): FractalJob {
  const { viewOf, lookOf, paint, perPixel, channels } = frames;
  const answer = answerKind(paint);
  const work = { kind: 'fractal', ...(paint ? { paint } : {}), ...(reference ? { reference } : {}) } as const;
  return {
    scene: { work, assets: [] },
    answer,
    taskOf: (frame, rect) => ({
      ...{ kind: 'fractal', view: viewOf(frame), rect },
      ...(paint && lookOf ? { look: lookOf(frame) } : {}),
    }),
    validate: (given, rect) => validateAnswer(given, rect, answer, { perPixel, channels }),
  };
}
