/** A small view, and work with it, for tests in which the content does not matter. */

import type { Assignment, Rank, Scene } from '../../src/cluster/messages.js';
import type { Paint } from '../../src/render/paint.js';
import type { Rect } from '../../src/shard/shard.js';
import type { View } from '../../src/view/view.js';
import type { FractalScene, FractalTask } from '../../src/work/fractal/scene.js';

/** The rank of a job without priority, of the only owner. */
export const RANK: Rank = { priority: 50, owner: 0, weight: 1 };

export const view: View = {
  formula: { step: 'holomorphic', power: 2 },
  re: '-0.5',
  im: '0',
  zoom: '1.5',
  rotation: 0,
  width: 8,
  height: 8,
  iterations: 200,
  bailout: 256,
  count: 'smooth',
  sampling: { kind: 'grid', side: 1 },
};

/** Of so many colours, all of them black. */
export function paintOf(size = 1): Paint {
  const levels = { bits: 8, dither: true } as const;
  const linear = new Float32Array(3 * (size + 1));
  return { kind: 'cycle', size, density: 1, offset: 0, lights: [], hard: false, height: 8, levels, linear };
}

export function sceneOf(work: Omit<FractalScene, 'kind'> = {}): Scene {
  return { work: { kind: 'fractal', ...work }, assets: [] };
}

export function taskOf(rect: Rect, of: View = view): FractalTask {
  return { kind: 'fractal', view: of, rect };
}

/** What is assigned of a fractal. */
export function fractalOf({ work }: Assignment): FractalTask {
  if (work.kind !== 'fractal') throw new Error(`a task of the kind ${work.kind}`);
  return work;
}
