/** A POV-Ray scene in a worker: its files on disk, in a folder that all threads use. */

import type { Prepared } from '../kind.js';
import { weightOf } from '../weight.js';
import type { PovrayScene, PovrayTask } from './scene.js';
import type { Scratch } from './scratch.js';

/** A scene as sent to a thread. */
export interface ThreadPovray {
  readonly scene: PovrayScene;
  readonly folder: string;
}

export function prepare(
  scene: PovrayScene,
  assets: ReadonlyMap<string, Uint8Array>,
  scratch: Scratch,
): Prepared<PovrayTask> {
  const folder = scratch.folder();
  return {
    bytes: weightOf(scene),
    load: () => folder.write(scene.files, assets),
    forThreads: (): ThreadPovray => ({ scene, folder: folder.path }),
    // Every shard is a process of its own.
    rebuild: () => false,
    mayEnd: () => true,
    release: () => folder.remove(),
  };
}
