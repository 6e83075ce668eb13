/** What `fractal submit` sends: all that is meant, without the names of files of this machine. */

import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { JOB_FLAGS } from '../request/flags/job.js';
import { flagsOfSources } from '../request/sources.js';
import { invalid, type RawFlags } from '../request/values.js';
import type { SentFile } from './files.js';

export interface Sent {
  /** JSON. */
  readonly body: string;
  /** That the job needs: its texture. */
  readonly files: readonly SentFile[];
  /** Lines about the location file, for the user. */
  readonly notes: readonly string[];
}

/**
 * `given`: of the command line. The files of --request, --location, --path and --palette are read here.
 * @throws FractalError
 */
export async function sentBy(given: RawFlags): Promise<Sent> {
  const { flags, notes } = await flagsOfSources(given, JOB_FLAGS);
  const { request, location, ...rest } = flags;
  if (rest.audio !== undefined)
    throw invalid(
      `--audio "${rest.audio}" is a file of this machine, which a job cannot have: add it to the film later`,
    );
  const outfile = rest.outfile?.includes('\n') ? { outfile: rest.outfile.split('\n') } : {};
  const { spec, files } = rest.texture === undefined ? { files: [] } : await sentTexture(rest.texture);
  return { body: JSON.stringify({ ...rest, ...outfile, ...(spec ? { texture: spec } : {}) }), files, notes };
}

/** The texture under its name and digest. @throws FractalError TEXTURE_INVALID for what is no picture, before it is sent */
async function sentTexture(given: string): Promise<{ readonly spec: string; readonly files: readonly SentFile[] }> {
  const { readTexture, textureName, textureText } = await import('../render/texture-file.js');
  await readTexture(given);
  const { file } = textureName(given);
  const { digest = '' } = textureName(textureText(given));
  return { spec: `${basename(file)}#sha256=${digest}`, files: [{ digest, bytes: readFileSync(file) }] };
}
