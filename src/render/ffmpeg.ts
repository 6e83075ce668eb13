/** Which ffmpeg is used, and what it says about films and encoders. */

import { execFile } from 'node:child_process';
import { delimiter, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { FractalError, messageOf } from '../errors.js';

export interface Ffmpeg {
  readonly path: string;
  readonly from: '--ffmpeg' | 'FFMPEG_PATH' | 'PATH' | 'bundled';
  readonly version: string;
  /** Names of its video encoders. */
  readonly encoders: ReadonlySet<string>;
}

/**
 * The ffmpeg to use: `path`, else FFMPEG_PATH, else the first of the one on the PATH and the bundled one that runs and
 * has one of the encoders. Throws ENCODER_MISSING.
 */
export async function findFfmpeg(
  wanted: { path?: string | undefined; encoders?: readonly string[] } = {},
): Promise<Ffmpeg> {
  const { path: named, encoders } = wanted;
  const tried: string[] = [];
  for (const [from, path] of await candidates(named)) {
    const found = await inspect(from, path).catch((error: unknown) => {
      if (from !== 'PATH') tried.push(`"${path}" (${from}) does not run: ${messageOf(error)}`);
    });
    if (!found) continue;
    if (!encoders || encoders.some((one) => found.encoders.has(one))) return found;
    tried.push(`"${path}" (${from}) has no encoder "${encoders.join('" or "')}"`);
  }
  throw new FractalError(
    'ENCODER_MISSING',
    `no ffmpeg can encode this: ${tried.join('; ') || 'none is installed'}; ` +
      'install ffmpeg, name one with FFMPEG_PATH, or write to a pattern such as f-%05d.png',
  );
}

async function candidates(path: string | undefined): Promise<[Ffmpeg['from'], string][]> {
  if (path) return [['--ffmpeg', path]];
  if (process.env.FFMPEG_PATH) return [['FFMPEG_PATH', process.env.FFMPEG_PATH]];
  const name = process.platform === 'win32' ? 'ffmpeg.exe' : 'ffmpeg';
  const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  const bundled = await import('@ffmpeg-installer/ffmpeg').then(
    (installer) => installer.default.path,
    () => undefined,
  );
  return [
    ...folders.map((folder): [Ffmpeg['from'], string] => ['PATH', join(folder, name)]),
    ...(bundled === undefined ? [] : ([['bundled', bundled]] as [Ffmpeg['from'], string][])),
  ];
}

async function inspect(from: Ffmpeg['from'], path: string): Promise<Ffmpeg> {
  const { stdout, stderr } = await promisify(execFile)(path, ['-encoders'], { timeout: 20_000, maxBuffer: 1 << 24 });
  const encoders = new Set([...stdout.matchAll(/^ V\S{5} (\S+) /gm)].map((match) => match[1] as string));
  if (encoders.size === 0) throw new Error('it lists no encoders');
  return { path, from, version: /^ffmpeg version (\S+)/m.exec(stderr)?.[1] ?? 'unknown', encoders };
}

/**
 * The comment of a film; undefined when it has none, or ffmpeg does not understand the file. Throws
 * ENCODER_MISSING.
 */
export async function readComment(film: string): Promise<string | undefined> {
  const { path } = await findFfmpeg();
  const args = ['-v', 'error', '-i', resolve(film), '-f', 'ffmetadata', '-'];
  const read = promisify(execFile)(path, args, { timeout: 60_000, maxBuffer: 1 << 24 });
  const { stdout } = await read.catch(() => ({ stdout: '' }));
  const found = /^comment=((?:[^\\\n]|\\[\s\S])*)/im.exec(stdout);
  return found?.[1]?.replace(/\\([\s\S])/g, '$1');
}

export interface EncoderAbilities {
  /** Names of pixel formats; empty: it does not say. */
  readonly pixelFormats: readonly string[];
  /** It has an option "preset". */
  readonly presets: boolean;
}

/** What ffmpeg says about one of its encoders. */
export async function abilitiesOf({ path }: Ffmpeg, encoder: string): Promise<EncoderAbilities> {
  const args = ['-hide_banner', '-h', `encoder=${encoder}`];
  const { stdout } = await promisify(execFile)(path, args, { timeout: 20_000, maxBuffer: 1 << 24 });
  const formats = /^\s*Supported pixel formats: (.*)$/m.exec(stdout)?.[1] ?? '';
  return { pixelFormats: formats.split(' ').filter((name) => name !== ''), presets: /^\s+-preset\s/m.test(stdout) };
}
