/** From the words of a user to a scene: where it is, what is rendered of it, its files. */

import { readFarmFolder } from '../request/povray/farm/folder.js';
import type { Ini } from '../request/povray/ini.js';
import { parseScene } from '../request/povray/parse.js';
import type { SceneRequest } from '../request/povray/scene-request.js';
import { replaced, withPath } from '../request/sources.js';
import type { RawFlags } from '../request/values.js';
import { checkScene } from './scene-check.js';
import { type SceneFile, sceneFiles } from './scene-files.js';
import { type ScenePlace, scenePlace } from './scene-place.js';

export interface SceneSource {
  readonly request: SceneRequest;
  readonly files: readonly SceneFile[];
  /** Lines for the user. */
  readonly notes: readonly string[];
}

/** `path`: a folder, a .pov or an .ini. @throws FractalError SCENE_FILES, REQUEST_INVALID, VIEW_TOO_LARGE */
export async function sceneSource(path: string, given: RawFlags, all: boolean): Promise<SceneSource> {
  const { request, files, notes } = await wantedScene(path, given, all);
  return { request, files, notes };
}

export interface WantedScene extends SceneSource {
  /** As given, with those of the older farm's folder, and with the text of the path. */
  readonly flags: RawFlags;
  readonly ini?: Ini;
}

/** The same, with the flags that make the request. */
export async function wantedScene(path: string, given: RawFlags, all: boolean): Promise<WantedScene> {
  const farm = await readFarmFolder(path);
  const { folder, main, ini, notes }: ScenePlace = farm
    ? { folder: path, main: farm.main, notes: [] }
    : await scenePlace(path);
  const flags = replaced(farm?.flags ?? {}, await withPath(given));
  const request = parseScene(flags, { main, ini });
  checkScene({ request, files: [] });
  const found = await sceneFiles(folder, main, { all, outfiles: request.outfiles });
  const { unused = [] } = ini?.content ?? {};
  const ignored = unused.length > 0 ? [`${ini?.name}: not used: ${[...new Set(unused)].join(', ')}`] : [];
  return {
    ...{ request, flags, files: found.files, notes: [...notes, ...ignored, ...found.notes] },
    ...(ini ? { ini: ini.content } : {}),
  };
}
