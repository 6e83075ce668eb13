/** The texture that a client has sent for its job. */

import { FractalError } from '../errors.js';
import { holdTexture, textureName } from '../render/texture-file.js';
import type { Request } from '../request/request.js';
import type { Uploads } from '../service/uploads.js';

/**
 * Reads it, and resolves with what lets it go.
 * @throws FractalError SCENE_FILES for one that is not there any more, TEXTURE_INVALID
 */
export async function heldTexture(
  { colours }: Pick<Request, 'colours'>,
  uploads: Pick<Uploads, 'path'>,
): Promise<() => void> {
  const { texture } = colours.patterns ?? {};
  if (!texture) return () => undefined;
  const { file, digest = '' } = textureName(texture.spec);
  const path = await uploads.path(digest);
  if (path === undefined)
    throw new FractalError('SCENE_FILES', `the texture "${file}" is not there any more: submit the job again`);
  return holdTexture(texture.spec, path);
}
