/**
 * What travels inside a Scene and an Assign of proto/fractal/v1/peer.proto, translated both ways; the messages around them
 * are those of wire.ts. The content of each kind has a file of its own.
 */

import { crc32 } from 'node:zlib';
import type { Assign__Output, Assign as WireAssign } from '../../gen/fractal/v1/Assign.js';
import type { Custom__Output, Custom as WireCustom } from '../../gen/fractal/v1/Custom.js';
import type { Scene__Output, Scene as WireScene } from '../../gen/fractal/v1/Scene.js';
import { FractalError } from '../errors.js';
import type { Custom } from '../work/work.js';
import { BOUNDS, checkText } from './bounds.js';
import type { Assignment, Scene } from './messages.js';
import { checkFields, type Nested } from './shape.js';
import { bufferOf, missing, textOfBytes } from './wire-bytes.js';
import { digestsOf, wireDigests } from './wire-digests.js';
import {
  FILM_SCENE_SHAPE,
  FILM_TASK_SHAPE,
  filmSceneOf,
  filmTaskOf,
  textOfFilm,
  wireFilmScene,
  wireFilmTask,
} from './wire-film.js';
import {
  FRACTAL_SCENE_SHAPE,
  FRACTAL_TASK_SHAPE,
  fractalSceneOf,
  fractalTaskOf,
  textOfFractal,
  wireFractalScene,
  wireFractalTask,
} from './wire-fractal.js';

import {
  POVRAY_SCENE_SHAPE,
  POVRAY_TASK_SHAPE,
  povraySceneOf,
  povrayTaskOf,
  textOfPovray,
  wirePovrayScene,
  wirePovrayTask,
} from './wire-povray.js';

export type { WireScene };

/** Turns a scene into bytes and back: by protobuf, from the module that loaded the proto file. */
export interface SceneCodec {
  encode(scene: WireScene): Uint8Array;
  decode(bytes: Uint8Array): Scene__Output;
}

/** The fields of Scene and Assign that are messages. */
const SCENE_SHAPE: Nested = { 1: FRACTAL_SCENE_SHAPE, 2: {}, 4: FILM_SCENE_SHAPE, 5: POVRAY_SCENE_SHAPE };
export const ASSIGN_SHAPE: Nested = { 5: FRACTAL_TASK_SHAPE, 6: {}, 9: FILM_TASK_SHAPE, 10: POVRAY_TASK_SHAPE };

/** A leader sends the same scene to all its workers; but a segment of a film, which is long, to one as a rule. */
const encoded = new WeakMap<Scene, Uint8Array>();

export function sceneBytes(scene: Scene, codec: SceneCodec): Uint8Array {
  const bytes = encoded.get(scene) ?? codec.encode(wireScene(scene));
  if (scene.work.kind !== 'film') encoded.set(scene, bytes);
  return bytes;
}

function wireScene({ work, assets }: Scene): WireScene {
  const digests = wireDigests(assets);
  switch (work.kind) {
    case 'fractal':
      return { fractal: wireFractalScene(work), assets: digests };
    case 'film':
      return { film: wireFilmScene(work), assets: digests };
    case 'povray':
      return { povray: wirePovrayScene(work), assets: digests };
    case 'custom':
      return { custom: wireCustom(work), assets: digests };
  }
}

/** @throws FractalError PROTOCOL */
export function sceneOf(bytes: Uint8Array, codec: SceneCodec): Scene {
  checkFields(bytes, SCENE_SHAPE);
  const { fractal, film, povray, custom, assets } = codec.decode(bytes);
  const digests = digestsOf(assets, BOUNDS.assets);
  requireOne('scene', fractal, film, povray, custom);
  if (fractal) return { work: fractalSceneOf(fractal), assets: digests };
  if (film) return { work: filmSceneOf(film), assets: digests };
  if (povray) return { work: povraySceneOf(povray), assets: digests };
  return { work: customOf(custom as Custom__Output), assets: digests };
}

export function wireAssign({ shard, epoch, scene, render, work }: Assignment, job: number): WireAssign {
  const assign = { job, shard, epoch, scene, render, ...wireTask(work) };
  return { ...assign, checksum: checksumOf(assign) };
}

function wireTask(work: Assignment['work']): Pick<WireAssign, 'fractal' | 'film' | 'povray' | 'custom'> {
  switch (work.kind) {
    case 'fractal':
      return { fractal: wireFractalTask(work) };
    case 'film':
      return { film: wireFilmTask(work) };
    case 'povray':
      return { povray: wirePovrayTask(work) };
    case 'custom':
      return { custom: wireCustom(work) };
  }
}

/** @throws FractalError PROTOCOL */
export function assignmentOf(wire: Assign__Output): Assignment {
  const { shard, epoch, scene, render } = wire;
  const assignment = { shard, epoch, scene, render, work: taskOf(wire) };
  if (checksumOf(wire) === wire.checksum) return assignment;
  throw new FractalError('PROTOCOL', `assignment ${epoch}: the checksum does not match`);
}

function taskOf({ fractal, film, povray, custom }: Assign__Output): Assignment['work'] {
  requireOne('task', fractal, film, povray, custom);
  if (fractal) return fractalTaskOf(fractal);
  if (film) return filmTaskOf(film);
  if (povray) return povrayTaskOf(povray);
  return customOf(custom as Custom__Output);
}

/** Over all that is assigned. */
function checksumOf({ job, shard, epoch, scene, render, ...work }: WireAssign): number {
  return crc32(`${job} ${shard} ${epoch} ${scene} ${render}\n${textOfWork(work)}`);
}

function textOfWork({ fractal, film, povray, custom }: WireAssign): string {
  if (fractal) return textOfFractal(fractal);
  if (film) return textOfFilm(film);
  if (povray) return textOfPovray(povray);
  return custom ? textOfCustom(custom) : '';
}

/** @throws FractalError PROTOCOL unless there is one */
function requireOne(what: string, ...works: readonly unknown[]): void {
  if (works.filter((work) => work).length !== 1) throw missing(`${what} of one kind`);
}

function textOfCustom({ kind, payload }: WireCustom): string {
  return `${kind}\n${textOfBytes(payload as Uint8Array)}`;
}

function wireCustom({ name, payload }: Custom): WireCustom {
  return { kind: name, payload: bufferOf(payload) };
}

function customOf({ kind, payload }: Custom__Output): Custom {
  checkText('kind of work', kind, BOUNDS.name);
  return { kind: 'custom', name: kind, payload };
}
