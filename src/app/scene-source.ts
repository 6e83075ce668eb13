/** From the words of a user to a scene: where it is, what is rendered of it, its files. */

import { parseScene } from '../request/povray/parse.js';
import type { SceneRequest } from '../request/povray/scene-request.js';
import type { RawFlags } from '../request/values.js';
import { checkScene } from './scene-check.js';
import { type SceneFile, sceneFiles } from './scene-files.js';
import { scenePlace } from './scene-place.js';

export interface SceneSource {
  readonly request: SceneRequest;
  readonly files: readonly SceneFile[];
  /** Lines for the user. */
  readonly notes: readonly string[];
}

/** `path`: a folder, a .pov or an .ini. @throws FractalError SCENE_FILES, REQUEST_INVALID, VIEW_TOO_LARGE */
export async function sceneSource(path: string, flags: RawFlags, all: boolean): Promise<SceneSource> {
  const { folder, main, ini, notes } = await scenePlace(path);
  const request = parseScene(flags, { main, ini });
  checkScene({ request, files: [] });
  const found = await sceneFiles(folder, main, { all, outfiles: request.outfiles });
  const { unused = [] } = ini?.content ?? {};
  const ignored = unused.length > 0 ? [`${ini?.name}: not used: ${[...new Set(unused)].join(', ')}`] : [];
  return { request, files: found.files, notes: [...notes, ...ignored, ...found.notes] };
}
