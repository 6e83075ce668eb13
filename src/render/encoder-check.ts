/** Whether an encoder can make a film as it is asked for, before anything is computed. */

import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { FractalError, messageOf } from '../errors.js';
import { abilitiesOf, type Ffmpeg } from './ffmpeg.js';
import type { FilmSettings, Recipe } from './film.js';

/** A film that is encoded as a trial: the smallest size that all encoders take. */
const TRIAL = 'color=black:size=128x128:rate=25:duration=0.08';

/** Where all that is asked for is usual, nothing is tried. @throws FractalError ENCODER_UNFIT */
export async function checkEncoder(ffmpeg: Ffmpeg, settings: FilmSettings, recipe: Recipe): Promise<void> {
  const { codec, pixelFormat, preset, film } = settings;
  if (codec === undefined && pixelFormat === undefined && preset === undefined) return;
  const { encoder } = recipe;
  const { pixelFormats, presets } = await abilitiesOf(ffmpeg, encoder);
  if (pixelFormat !== undefined && pixelFormats.length > 0 && !pixelFormats.includes(pixelFormat))
    throw unfit(`the encoder ${encoder} has no pixel format "${pixelFormat}"; it has ${pixelFormats.join(' ')}`);
  if (preset !== undefined && !presets) throw unfit(`the encoder ${encoder} has no presets; leave --preset out`);
  const folder = await mkdtemp(join(tmpdir(), 'fractal-trial-'));
  try {
    const input = ['-v', 'error', '-nostdin', '-f', 'lavfi', '-i', TRIAL];
    const filter = `format=${recipe.bits === 16 ? 'rgb48le' : 'rgb24'},${recipe.filter}`;
    const output = ['-filter_complex', filter, '-c:v', encoder, ...recipe.options, '-f', film, join(folder, 'trial')];
    await promisify(execFile)(ffmpeg.path, [...input, ...output], { timeout: 60_000 });
  } catch (error) {
    const lines = String((error as { stderr?: string }).stderr ?? '').split('\n');
    const why = lines.map((line) => line.replace(/^\[.*?\] */, '').trim()).find((line) => line !== '');
    throw unfit(`${encoder} in a .${film} does not work with these options: ${why ?? messageOf(error)}`, error);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function unfit(message: string, cause?: unknown): FractalError {
  return new FractalError('ENCODER_UNFIT', message, { cause });
}
