/** The content of scenes and tasks that assemble frames of films, translated both ways. */

import type { FilmScene__Output, FilmScene as WireFilmScene } from '../../gen/fractal/v1/FilmScene.js';
import type { FilmTask__Output, FilmTask as WireFilmTask } from '../../gen/fractal/v1/FilmTask.js';
import type { FilmScene, FilmTask } from '../work/film/scene.js';
import { BOUNDS, checkCount } from './bounds.js';
import type { Nested } from './shape.js';
import { bufferOf, missing, textOfBytes } from './wire-bytes.js';

/** No field of FilmScene or FilmTask is a message. */
export const FILM_SCENE_SHAPE: Nested = {};
export const FILM_TASK_SHAPE: Nested = {};

/** Six whole numbers. */
const TILE_BYTES = 24;

export function wireFilmScene({ size, levels, most, tiles, texels }: FilmScene): WireFilmScene {
  return { ...size, ...levels, most, tiles: bufferOf(tiles), texels: bufferOf(texels) };
}

/** @throws FractalError PROTOCOL */
export function filmSceneOf({ width, height, bits, dither, most, tiles, texels }: FilmScene__Output): FilmScene {
  checkCount('tiles of a segment', tiles.length / TILE_BYTES, BOUNDS.tiles);
  if (bits !== 8 && bits !== 16) throw missing('number of bits that a pixel can have');
  const size = { width, height };
  return { ...{ kind: 'film', size, levels: { bits, dither }, most }, tiles: new Int32Array(copied(tiles, 4)), texels };
}

export function wireFilmTask({ rect, shown }: FilmTask): WireFilmTask {
  const { x, y, width, height } = rect;
  return { x, y, width, height, shown: bufferOf(shown) };
}

/** @throws FractalError PROTOCOL */
export function filmTaskOf({ x, y, width, height, shown }: FilmTask__Output): FilmTask {
  return { kind: 'film', rect: { x, y, width, height }, shown: new Float64Array(copied(shown, 8)) };
}

/** The whole task as text, for its checksum. */
export function textOfFilm({ x, y, width, height, shown }: WireFilmTask): string {
  return `film ${x} ${y} ${width} ${height}\n${textOfBytes(shown as Uint8Array)}`;
}

/** Whole numbers of so many bytes, from an address that they may begin at. @throws FractalError PROTOCOL */
function copied(bytes: Uint8Array, each: number): ArrayBuffer {
  if (bytes.length % each > 0) throw missing(`whole numbers of ${each} bytes`);
  return new Uint8Array(bytes).buffer;
}
