/** Frames of films as a kind of work. */

import type { Kind } from '../kind.js';
import { FILM_KERNEL } from './measure.js';
import { prepare } from './prepare.js';
import type { FilmScene, FilmTask } from './scene.js';
import { validateScene, validateTask } from './validate.js';

/** Of the numbers of a pixel. */
const PIXEL_BYTES = 6;

export const film: Kind<FilmScene, FilmTask> = {
  kernels: { [FILM_KERNEL]: { device: false } },
  share: () => undefined,
  validateScene,
  validateTask,
  taskBytes: ({ rect }) => PIXEL_BYTES * rect.width * rect.height,
  prepare,
};
