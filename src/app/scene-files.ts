/** The files of a POV-Ray scene: which of a folder it needs, and their bytes. */

import type { Asset } from '../work/asset.js';

export interface SceneFile extends Asset {
  /** In the scene's folder, with '/'. */
  readonly path: string;
}

export interface SceneFolder {
  /** The file that is rendered: one of `files`. */
  readonly main: string;
  readonly files: readonly SceneFile[];
  /** Lines for the user: what was left out. */
  readonly notes: readonly string[];
}
