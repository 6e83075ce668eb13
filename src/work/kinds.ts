/** The built-in kinds of work, for the main thread of a worker. */

import { film } from './film/kind.js';
import { fractal } from './fractal/kind.js';
import type { Kind } from './kind.js';
import type { BuiltInKind, SceneWork, TaskWork } from './work.js';

export const BUILT_IN: {
  readonly [K in BuiltInKind]: Kind<Extract<SceneWork, { kind: K }>, Extract<TaskWork, { kind: K }>>;
} = { film, fractal };
