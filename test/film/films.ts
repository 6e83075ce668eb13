/** Short films by which the quality of frames from keyframes is judged: two octaves, 128×72, one sample a pixel. */

import type { Camera } from '../../src/film/camera.js';
import type { FilmPath } from '../../src/film/path.js';
import { type Golden, readGolden } from '../golden.js';
import { DEEP, SHALLOW, zoomPath } from './paths.js';
import { PAINT, type Scene } from './rendering.js';

export const size = { width: 128, height: 72, samples: 1 };
const frames = 41;
/** The frames that are judged: at least an octave before the end, since nearer to it fewer keyframes lie within a frame. */
export const LOOKED = [6, 20];

const DEEPER = readGolden('golden.json').find(({ id }) => id === 'kf-1e50') as Golden;

/** Turns by 40 degrees and moves by half of the last view while it zooms. */
const turning: FilmPath = {
  frames,
  at(frame): Camera {
    const from = { re: '-0.74414', im: '0.13182', zoom: '500' };
    const place = zoomPath(from, { ...SHALLOW, zoom: '2000' }, frames).at(frame);
    return { ...place, rotation: (40 * frame) / (frames - 1) };
  },
};

const common = { size, iterations: 3000, perturbed: false, paint: PAINT };

export const FILMS = {
  shallow: { ...common, path: zoomPath({ ...SHALLOW, zoom: '500' }, { ...SHALLOW, zoom: '2000' }, frames) },
  'turned and panned': { ...common, path: turning },
  'to 1e14': {
    ...{ ...common, iterations: 4036, perturbed: true },
    path: zoomPath({ ...DEEP, zoom: '25e12' }, { ...DEEP, zoom: '1e14' }, frames),
  },
  'to 1e50': {
    ...{ ...common, iterations: DEEPER.iterations, perturbed: true },
    path: zoomPath({ ...DEEPER, zoom: '25e48' }, { ...DEEPER, zoom: '1e50' }, frames),
  },
} as const satisfies Readonly<Record<string, Scene>>;
