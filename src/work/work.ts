/**
 * Work: what workers compute for a leader, of one kind in each job. The kind defines what all shards of a job share (the
 * scene) and what one shard asks for (the task). Scheduler, transport, worker and store do not depend on the content of either.
 */

import type { FilmScene, FilmTask } from './film/scene.js';
import type { FractalScene, FractalTask } from './fractal/scene.js';
import type { PovrayScene, PovrayTask } from './povray/scene.js';

/** Work of a kind that peer.proto does not define: only that kind reads the payload. */
export interface Custom {
  readonly kind: 'custom';
  readonly name: string;
  readonly payload: Uint8Array;
}

export type SceneWork = FilmScene | FractalScene | PovrayScene | Custom;
export type TaskWork = FilmTask | FractalTask | PovrayTask | Custom;

/** The kinds that peer.proto defines. */
export type BuiltInKind = Exclude<SceneWork['kind'], 'custom'>;

/** The name of a kind in tables of kinds: no custom kind has the name of a built-in one. */
export function kindName(work: SceneWork | TaskWork): string {
  return work.kind === 'custom' ? customName(work.name) : work.kind;
}

export function customName(name: string): string {
  return `custom/${name}`;
}
