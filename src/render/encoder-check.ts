/** Whether an encoder can make a film as it is asked for, before anything is computed. */

import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { FractalError, messageOf } from '../errors.js';
import { abilitiesOf, type Ffmpeg } from './ffmpeg.js';
import type { FilmSettings, Recipe } from './film.js';

/** Two black frames are encoded as a trial, unless all that is asked for is usual. @throws FractalError ENCODER_UNFIT */
export async function checkEncoder(ffmpeg: Ffmpeg, settings: FilmSettings, recipe: Recipe): Promise<void> {
  const { codec, pixelFormat, preset, film, width, height } = settings;
  if (codec === undefined && pixelFormat === undefined && preset === undefined) return;
  const { encoder } = recipe;
  const { pixelFormats, presets } = await abilitiesOf(ffmpeg, encoder);
  if (pixelFormat !== undefined && pixelFormats.length > 0 && !pixelFormats.includes(pixelFormat))
    throw unfit(`the encoder ${encoder} has no pixel format "${pixelFormat}"; it has ${pixelFormats.join(' ')}`);
  if (preset !== undefined && !presets) throw unfit(`the encoder ${encoder} has no presets; leave --preset out`);
  const folder = await mkdtemp(join(tmpdir(), 'fractal-trial-'));
  try {
    const source = `color=black:size=${width}x${height}:rate=25:duration=0.08`;
    const input = ['-v', 'error', '-nostdin', '-f', 'lavfi', '-i', source];
    const filter = `format=${recipe.input},${recipe.filter}`;
    const output = ['-filter_complex', filter, '-c:v', encoder, ...recipe.options, '-f', film, join(folder, 'trial')];
    await promisify(execFile)(ffmpeg.path, [...input, ...output], { timeout: 60_000 });
  } catch (error) {
    const lines = String((error as { stderr?: string }).stderr ?? '').split('\n');
    const why = lines
      .map((line) => line.replace(/^\[.*?\] */, '').trim())
      .find((line) => !/^($|Svt\[info\])/.test(line));
    const container = film === 'matroska' ? 'mkv' : film;
    const way = 'use another --codec, --pixel-format or --preset, or another container, such as .mkv';
    throw unfit(
      `${encoder} in a .${container} does not work with these options: ${why ?? messageOf(error)}; ${way}`,
      error,
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function unfit(message: string, cause?: unknown): FractalError {
  return new FractalError('ENCODER_UNFIT', message, { cause });
}
