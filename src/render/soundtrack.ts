/**
 * The soundtrack of a film: a file that ffmpeg reads, cut at the film's end, or silent from its own end on.
 */

import { execFile } from 'node:child_process';
import { access } from 'node:fs/promises';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { FractalError, messageOf } from '../errors.js';
import type { Ffmpeg } from './ffmpeg.js';
import type { Film } from './outfile.js';

/** What ffmpeg is given besides the frames. */
export interface Sound {
  /** An absolute path. */
  readonly path: string;
  readonly inputOptions: readonly string[];
  readonly filter: string;
  /** Of the output. */
  readonly options: readonly string[];
}

/** Only files: what a playlist names elsewhere is not fetched. */
const LOCAL = ['-protocol_whitelist', 'file'];

/**
 * `from`, `seconds`: where the film begins in the sound, and how long it is; `lossless`: its pictures lose nothing, and the sound shall not either.
 * @throws FractalError AUDIO_INVALID for a file without sound, or none; OUTFILE_FORMAT for a film without a soundtrack
 */
export async function soundOf(
  ffmpeg: Ffmpeg,
  audio: string,
  film: Film,
  { from, seconds, lossless }: { readonly from: number; readonly seconds: number; readonly lossless: boolean },
): Promise<Sound> {
  const encoder = encoderOf(film, lossless);
  if (!encoder) throw new FractalError('OUTFILE_FORMAT', `a .${film} has no sound; leave --audio out, or use .mp4`);
  const path = resolve(audio);
  await requireSound(ffmpeg, audio, path);
  return {
    path,
    inputOptions: LOCAL,
    filter: `[1:a:0]apad,atrim=start=${from}:duration=${seconds},asetpts=PTS-STARTPTS[a]`,
    options: ['-map', '[a]', ...encoder, '-flags:a', '+bitexact'],
  };
}

function encoderOf(film: Film, lossless: boolean): readonly string[] | undefined {
  switch (film) {
    case 'mp4':
      return ['-c:a', 'aac', '-b:a', '192k'];
    case 'mov':
      return lossless ? ['-c:a', 'pcm_s16le'] : ['-c:a', 'aac', '-b:a', '192k'];
    case 'matroska':
      return lossless ? ['-c:a', 'flac'] : ['-c:a', 'aac', '-b:a', '192k'];
    case 'webm':
      return ['-c:a', 'libopus', '-b:a', '160k'];
    case 'gif':
    case 'apng':
      return undefined;
  }
}

async function requireSound(ffmpeg: Ffmpeg, audio: string, path: string): Promise<void> {
  try {
    await access(path);
  } catch (error) {
    throw new FractalError('AUDIO_INVALID', `--audio "${audio}" cannot be read: ${messageOf(error)}`, { cause: error });
  }
  const args = ['-v', 'error', '-nostdin', ...LOCAL, '-i', path, '-map', '0:a:0', '-t', '0.1', '-f', 'null', '-'];
  await promisify(execFile)(ffmpeg.path, args, { timeout: 60_000 }).catch((error: { stderr?: string }) => {
    const why = error.stderr?.trim().split('\n').at(-1) ?? messageOf(error);
    const reason = /matches no streams/.test(error.stderr ?? '') ? 'it has no sound' : why;
    throw new FractalError('AUDIO_INVALID', `--audio "${audio}" cannot be a soundtrack: ${reason}`, { cause: error });
  });
}
