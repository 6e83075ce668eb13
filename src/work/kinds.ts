/** The kinds of work that every worker has, for its main thread; and what to do for the others. */

import { film } from './film/kind.js';
import { fractal } from './fractal/kind.js';
import type { Kind } from './kind.js';
import { POVRAY_KERNEL } from './povray/scene.js';
import type { BuiltInKind, SceneWork, TaskWork } from './work.js';

export const BUILT_IN: {
  readonly [K in Exclude<BuiltInKind, 'povray'>]: Kind<Extract<SceneWork, { kind: K }>, Extract<TaskWork, { kind: K }>>;
} = { film, fractal };

/** Kernels that a worker has only when it is asked to, and how. */
export const ON_REQUEST: Readonly<Record<string, string>> = {
  [POVRAY_KERNEL]: 'start it with "fractal worker --povray"',
};
