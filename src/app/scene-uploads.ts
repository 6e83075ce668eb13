/** The files of a scene that a client has sent. */

import { readFile } from 'node:fs/promises';
import { FractalError } from '../errors.js';
import type { OrderedFile } from '../request/povray/order.js';
import type { Uploads } from '../service/uploads.js';
import { assetOf } from '../work/asset.js';
import type { SceneFile } from './scene-files.js';

/** Each is read once, whatever its number of names. @throws FractalError SCENE_FILES for one that is not there any more */
export async function filesOfScene(
  files: readonly OrderedFile[],
  uploads: Pick<Uploads, 'path'>,
): Promise<readonly SceneFile[]> {
  const contents = new Map<string, Uint8Array>();
  for (const { path, digest } of files) {
    if (contents.has(digest)) continue;
    const at = await uploads.path(digest);
    const bytes = at === undefined ? undefined : await readFile(at).catch(() => undefined);
    if (!bytes || assetOf(bytes).digest !== digest)
      throw new FractalError(
        'SCENE_FILES',
        `the file "${path}" of the scene is not there any more: submit the scene again`,
      );
    contents.set(digest, bytes);
  }
  return files.map(({ path, digest }) => ({ path, digest, bytes: contents.get(digest) as Uint8Array }));
}
