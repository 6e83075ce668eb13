/** The built-in kinds of work, for the computing threads of a worker. */

import { startFilm } from './film/compute.js';
import { startFractal } from './fractal/compute.js';
import type { Start } from './kind.js';
import { startPovray } from './povray/compute.js';
import type { BuiltInKind, TaskWork } from './work.js';

export const BUILT_IN_STARTS: {
  readonly [K in BuiltInKind]: Start<Extract<TaskWork, { kind: K }>>;
} = { film: startFilm, fractal: startFractal, povray: startPovray };
