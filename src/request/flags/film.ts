/** Flags about the path of the camera and the speed of a film. A still, a film of one frame, has none of them. */

import { MAX_DEGREES } from '../../view/bounds.js';
import type { Request } from '../request.js';
import { COLOUR_FLAGS } from './colour.js';
import { type FlagTable, RENDERING } from './flag.js';
import { coordinate, oneOf, positive, real, text, whole, yesNo, zoom } from './schemas.js';

const group = 'Film';
const shapes = 'samples';
const FILMS = [...RENDERING, 'scene'] as const;

/** The most frames of a film. */
export const MAX_FRAMES = 1_000_000;
export const MAX_EASE_POWER = 16;

const isFilm = ({ film }: Request) => film.frames > 1;
/** A film whose way is given by its ends. */
const isStraight = ({ film }: Request) => film.frames > 1 && !film.path;

export const FILM_FLAGS = {
  frames: {
    group,
    shapes,
    commands: FILMS,
    value: 'N',
    schema: whole(1, MAX_FRAMES),
    describe: 'frames; more than one make a film',
    defaultText: '1; with --path up to its last keyframe',
    on: { scene: { defaultText: '1, or those of the .ini' } },
    metadata: (request) => (isFilm(request) ? String(request.film.frames) : undefined),
  },
  seconds: {
    group,
    shapes,
    commands: FILMS,
    value: 'S',
    schema: real(0.001, 1e6),
    insteadOf: 'frames',
    describe: 'length of the film, instead of --frames',
  },
  speed: {
    group,
    shapes,
    commands: RENDERING,
    value: 'D',
    schema: real(1e-6, 1e6),
    insteadOf: 'frames',
    describe: 'doublings of the zoom a second, instead of --frames',
  },
  'frames-from': {
    group,
    shapes,
    commands: FILMS,
    value: 'N',
    schema: whole(0, MAX_FRAMES - 1),
    describe: 'first frame of the part that is rendered, counted from 0',
    metadata: ({ film }) => (film.first > 0 ? String(film.first) : undefined),
  },
  'frames-to': {
    group,
    shapes,
    commands: FILMS,
    value: 'N',
    schema: whole(0, MAX_FRAMES - 1),
    describe: 'last frame of the part that is rendered',
    metadata: ({ film }) => (film.last < film.frames - 1 ? String(film.last) : undefined),
  },
  frame: {
    group,
    commands: FILMS,
    value: 'N',
    schema: whole(0, MAX_FRAMES - 1),
    describe: 'only this frame, counted from 0, instead of --frames-from and --frames-to',
  },
  fps: {
    group,
    shapes: 'presentation',
    commands: FILMS,
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
      isStraight(request) && request.film.end.zoom !== request.zoom ? request.film.end.zoom : undefined,
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
    metadata: (request) =>
      isStraight(request) && request.film.end.re !== request.re ? request.film.end.re : undefined,
  },
  'ypos-end': {
    group,
    shapes,
    commands: RENDERING,
    value: 'Y',
    schema: coordinate,
    describe: 'centre of the last frame, imaginary part',
    metadata: (request) =>
      isStraight(request) && request.film.end.im !== request.im ? request.film.end.im : undefined,
  },
  'rotate-end': {
    group,
    shapes,
    commands: RENDERING,
    value: 'DEGREES',
    schema: real(-MAX_DEGREES, MAX_DEGREES),
    describe: 'rotation of the last frame',
    metadata: ({ film }) => textOf(film.ends.rotation),
  },
  'offset-end': {
    group,
    shapes: 'presentation',
    commands: RENDERING,
    value: 'X',
    schema: COLOUR_FLAGS.offset.schema,
    describe: 'palette offset of the last frame',
    metadata: ({ film }) => textOf(film.ends.offset),
  },
  'julia-re-end': {
    group,
    shapes,
    commands: RENDERING,
    value: 'X',
    schema: coordinate,
    describe: 'Julia constant of the last frame, real part',
    metadata: ({ film }) => film.ends.julia?.re,
  },
  'julia-im-end': {
    group,
    shapes,
    commands: RENDERING,
    value: 'Y',
    schema: coordinate,
    describe: 'Julia constant of the last frame, imaginary part',
    metadata: ({ film }) => film.ends.julia?.im,
  },
  path: {
    group,
    shapes,
    commands: FILMS,
    value: 'FILE',
    // By the time that it is checked, the text of a file stands in the place of its name.
    schema: text.regex(/^\s*\{/, { message: 'a path: {"keyframes": [{"time": 0, "zoom": 1}]}' }),
    object: true,
    describe: 'keyframes as JSON (docs/paths.md), instead of the values of the last frame',
    metadata: ({ film }) => film.path?.text,
  },
  ease: {
    group,
    shapes,
    commands: RENDERING,
    value: 'E',
    schema: real(0, 1),
    describe: '0: constant speed, 1: slow start and end',
    default: '0',
    metadata: (request) =>
      isStraight(request) && request.film.easePower === undefined ? String(request.film.ease) : undefined,
  },
  'ease-power': {
    group,
    shapes,
    commands: RENDERING,
    value: 'P',
    schema: real(1, MAX_EASE_POWER),
    insteadOf: 'ease',
    describe: 'slow start and end by the power P, instead of --ease',
    metadata: ({ film }) => textOf(film.easePower),
  },
  shutter: {
    group,
    shapes: 'presentation',
    commands: RENDERING,
    value: 'DEGREES',
    schema: real(0, 360),
    describe: 'motion blur: 180 is usual in cinema, 360 the whole time from one frame to the next',
    default: '0',
    metadata: ({ film }) => (film.frames > 1 && film.shutter > 0 ? String(film.shutter) : undefined),
  },
  assembly: {
    group,
    shapes,
    commands: RENDERING,
    value: 'HOW',
    schema: oneOf('auto', 'frames', 'keyframes'),
    describe: 'frames: each computed by itself; keyframes: each place computed once; auto: fewer samples',
    default: 'auto',
    metadata: ({ film }) => (film.frames > 1 && film.assembly !== 'auto' ? film.assembly : undefined),
  },
  'any-rotation': {
    group,
    shapes,
    commands: RENDERING,
    schema: yesNo,
    describe: 'keyframes for frames of any rotation, 1.8 times the samples: another rotation later computes nothing',
    metadata: ({ film }) => (film.frames > 1 && film.anyRotation ? 'true' : undefined),
  },
} as const satisfies FlagTable;

function textOf(value: number | undefined): string | undefined {
  return value === undefined ? undefined : String(value);
}
