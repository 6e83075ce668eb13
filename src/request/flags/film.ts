/** Flags about the path of the camera and the speed of a film. A still, a film of one frame, has none of them. */

import type { Request } from '../request.js';
import { type FlagTable, RENDERING } from './flag.js';
import { coordinate, positive, real, whole, zoom } from './schemas.js';

const group = 'Film';
const shapes = 'samples';

const isFilm = ({ film }: Request) => film.frames > 1;

export const FILM_FLAGS = {
  frames: {
    group,
    shapes,
    commands: RENDERING,
    value: 'N',
    schema: whole(1, 1_000_000),
    describe: 'frames; more than one make a film',
    default: '1',
    metadata: (request) => (isFilm(request) ? String(request.film.frames) : undefined),
  },
  fps: {
    group,
    shapes: 'presentation',
    commands: RENDERING,
    value: 'N',
    schema: real(0.1, 240),
    describe: 'frames a second',
    default: '30',
    metadata: (request) => (isFilm(request) ? String(request.film.fps) : undefined),
  },
  'zoom-end': {
    group,
    shapes,
    commands: RENDERING,
    value: 'Z',
    schema: zoom,
    describe: 'zoom of the last frame; the zoom changes by one factor a frame',
    metadata: (request) =>
      isFilm(request) && request.film.end.zoom !== request.zoom ? request.film.end.zoom : undefined,
  },
  'view-width-end': {
    group,
    shapes,
    commands: RENDERING,
    value: 'W',
    schema: positive,
    insteadOf: 'zoom-end',
    describe: 'width of the last view, instead of --zoom-end',
  },
  'xpos-end': {
    group,
    shapes,
    commands: RENDERING,
    value: 'X',
    schema: coordinate,
    describe: 'centre of the last frame, real part',
    metadata: (request) => (isFilm(request) && request.film.end.re !== request.re ? request.film.end.re : undefined),
  },
  'ypos-end': {
    group,
    shapes,
    commands: RENDERING,
    value: 'Y',
    schema: coordinate,
    describe: 'centre of the last frame, imaginary part',
    metadata: (request) => (isFilm(request) && request.film.end.im !== request.im ? request.film.end.im : undefined),
  },
  ease: {
    group,
    shapes,
    commands: RENDERING,
    value: 'E',
    schema: real(0, 1),
    describe: '0: constant speed, 1: slow start and end',
    default: '0',
    metadata: (request) => (isFilm(request) ? String(request.film.ease) : undefined),
  },
} as const satisfies FlagTable;
