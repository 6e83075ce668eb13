/** A folder of the older POV-Ray farm, as it is: what it asks for, in the flags of `fractal scene`. */

import { access } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { messageOf } from '../../../errors.js';
import { decodeText, readAtMost } from '../../../text.js';
import type { RawFlags } from '../../values.js';
import { mistakeOf, type Source } from './lines.js';
import { parseParams } from './params.js';
import { pathOfSequence } from './path.js';
import { framesIn, parseSequence } from './sequence.js';

export const PARAMS = 'params.cfg';
export const SEQUENCE = 'seqFile.txt';

export interface FarmFolder {
  /** Path of the scene in the folder, with '/'. */
  readonly main: string;
  /** Size, outfile, POV-Ray's options and variables; for a movie frames, fps and path. */
  readonly flags: RawFlags;
}

const MAX_BYTES = 4 << 20;

/** undefined: the folder is none of the older farm. @throws FractalError REQUEST_FILE naming file, line and column */
export async function readFarmFolder(folder: string): Promise<FarmFolder | undefined> {
  if (!(await exists(join(folder, PARAMS)))) return undefined;
  const source = await sourceOf(folder, PARAMS);
  const { input, output, type, width, height, options, declares, clock } = parseParams(source);
  const main = await mainOf(folder, input, source);
  const flags = {
    ...{ width: String(width), height: String(height) },
    ...(options.length > 0 ? { 'povray-option': options.join('\n') } : {}),
    ...(declares.length > 0 ? { declare: declares.join('\n') } : {}),
  };
  if (type === 'picture')
    return { main, flags: { ...flags, ...(clock === undefined ? {} : { clock }), outfile: `${output}.png` } };
  if (!(await exists(join(folder, SEQUENCE))))
    throw mistakeOf(source, `a movie needs ${SEQUENCE} beside it, with bpm, frm, len and varseq`);
  const sequence = parseSequence(await sourceOf(folder, SEQUENCE));
  const path = sequence.variables.length > 0 ? { path: pathOfSequence(sequence) } : {};
  const length = { frames: String(framesIn(sequence)), fps: String(sequence.fps) };
  return { main, flags: { ...flags, ...length, ...path, outfile: `${output}.mp4` } };
}

/** POV-Ray adds the extension. */
async function mainOf(folder: string, input: string, source: Source): Promise<string> {
  for (const main of [input, `${input}.pov`]) if (await exists(join(folder, main))) return main;
  throw mistakeOf(source, `the folder has no file "${input}", which inputFile names`);
}

async function sourceOf(folder: string, file: string): Promise<Source> {
  const name = join(basename(folder), file);
  try {
    const bytes = await readAtMost(join(folder, file), MAX_BYTES);
    if (bytes.length > MAX_BYTES) throw new Error(`it is longer than ${MAX_BYTES} bytes, which is all that is read`);
    return { name, text: decodeText(bytes).replace(/\r\n?/g, '\n') };
  } catch (error) {
    throw mistakeOf({ name, text: '' }, messageOf(error));
  }
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
