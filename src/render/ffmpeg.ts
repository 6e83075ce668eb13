/**
 * The interface to ffmpeg: which binary, and one encoding that takes raw frames. fluent-ffmpeg, which is archived upstream,
 * is used here and nowhere else.
 */

import { execFile } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { delimiter, join, resolve } from 'node:path';
import { PassThrough } from 'node:stream';
import { promisify } from 'node:util';
import { FractalError, messageOf } from '../errors.js';
import type { Recipe } from './film.js';

export interface Ffmpeg {
  readonly path: string;
  readonly from: '--ffmpeg' | 'FFMPEG_PATH' | 'PATH' | 'bundled';
  readonly version: string;
  /** Names of its video encoders. */
  readonly encoders: ReadonlySet<string>;
}

/**
 * The ffmpeg to use: `path`, else FFMPEG_PATH, else the first of the one on the PATH and the bundled one that runs and
 * has the encoder. Throws ENCODER_MISSING.
 */
export async function findFfmpeg(wanted: { path?: string; encoder?: string } = {}): Promise<Ffmpeg> {
  const tried: string[] = [];
  for (const [from, path] of await candidates(wanted.path)) {
    const found = await inspect(from, path).catch((error: unknown) => {
      if (from !== 'PATH') tried.push(`"${path}" (${from}) does not run: ${messageOf(error)}`);
    });
    if (!found) continue;
    if (wanted.encoder === undefined || found.encoders.has(wanted.encoder)) return found;
    tried.push(`"${path}" (${from}) has no encoder "${wanted.encoder}"`);
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

export interface Encoding {
  /** Takes the bytes of one frame; resolves when ffmpeg is ready for the next one. They must not change afterwards. */
  write(rgb: Uint8Array): Promise<void>;
  /** After the last frame: resolves when the file is complete. */
  end(): Promise<void>;
  /** Stops at once; resolves when ffmpeg has ended. */
  kill(): Promise<void>;
}

export interface Encode {
  readonly width: number;
  readonly height: number;
  readonly fps: number;
  /** ffmpeg's name of the container. */
  readonly container: string;
  readonly recipe: Recipe;
  /** The comment of the film, where its container can hold one. */
  readonly comment?: string;
  /** An absolute path. */
  readonly target: string;
  /** ffmpeg is killed after so many seconds without output; absent: 60. */
  readonly stallSeconds?: number;
}

const STALL_SECONDS = 60;
/** Checks of ffmpeg in that time. */
const CHECKS = 8;

/** Starts ffmpeg on raw frames. `write` and `end` reject with ENCODER_FAILED, and the end of ffmpeg's messages, when it fails. */
export async function encode(
  ffmpeg: Ffmpeg,
  { width, height, fps, container, recipe, comment, target, stallSeconds = STALL_SECONDS }: Encode,
): Promise<Encoding> {
  const { default: fluent } = await import('fluent-ffmpeg');
  const input = new PassThrough({ writableHighWaterMark: width * height * 3 + 1 });
  const metadata = comment === undefined ? [] : ['-metadata', `comment=${comment}`];
  const command = fluent(input, { stdoutLines: 40 })
    .setFfmpegPath(ffmpeg.path)
    .inputFormat('rawvideo')
    .inputOptions('-pixel_format', 'rgb24', '-video_size', `${width}x${height}`, '-framerate', String(fps))
    .complexFilter(recipe.filter)
    .videoCodec(recipe.encoder)
    .outputOptions(...recipe.options, ...metadata)
    .format(container)
    .output(target);
  let ended = false;
  let killed = false;
  let stalled = false;
  /** Checks without output since the last; not seconds, since this process may be stopped, too. */
  let silentChecks = 0;
  let modifiedMs = 0;
  const done = new Promise<void>((resolve, reject) => {
    const failed = (why: string, cause?: unknown) =>
      reject(new FractalError('ENCODER_FAILED', `ffmpeg (${ffmpeg.path}) failed: ${why}`, { cause }));
    command.on('start', () => killed && command.kill('SIGKILL'));
    command.on('stderr', () => {
      silentChecks = 0;
    });
    command.on('error', (error: Error, _: unknown, stderr: unknown) => {
      const stall = new Error(`it made no progress for ${stallSeconds} seconds`);
      failed(withMessages(stalled ? stall : error, stderr), error);
    });
    command.on('end', (_: unknown, stderr: unknown) =>
      ended ? resolve() : failed(withMessages(new Error('it ended before the last frame'), stderr)),
    );
  });
  const exited = done.catch(() => undefined);
  command.run();

  /** Waits for ffmpeg; kills it when it takes no frames, writes no messages and nothing to its file for too long. */
  async function unlessStalled(work: Promise<void>): Promise<void> {
    silentChecks = 0;
    const checking = setInterval(
      async () => {
        const { mtimeMs } = await stat(target).catch(() => ({ mtimeMs: 0 }));
        silentChecks = mtimeMs === modifiedMs ? silentChecks + 1 : 0;
        modifiedMs = mtimeMs;
        if (silentChecks < CHECKS) return;
        stalled = true;
        command.kill('SIGKILL');
      },
      (stallSeconds * 1000) / CHECKS,
    );
    await work.finally(() => clearInterval(checking));
  }

  return {
    write: async (rgb) => {
      if (input.write(rgb)) return Promise.race([done, Promise.resolve()]);
      const taken = new Promise<void>((resolve) => input.once('drain', resolve));
      await unlessStalled(Promise.race([done, taken]));
    },
    end: () => {
      ended = true;
      input.end();
      return unlessStalled(done);
    },
    kill: () => {
      killed = true;
      command.kill('SIGKILL');
      return exited;
    },
  };
}

/** Errors, as opposed to an encoder's closing statistics. */
const ERROR_LINE = /error|no space|fail|invalid|unable|cannot|unknown|denied|not /i;

/** The error with the last of ffmpeg's messages. */
function withMessages(error: Error, stderr: unknown): string {
  const messages = String(stderr ?? '')
    .split(/[\r\n]+/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !/^(frame=|video:|Press \[q\])/.test(line));
  const errors = messages.filter((line) => ERROR_LINE.test(line));
  return [
    messageOf(error)
      .replace(/^ffmpeg /, 'it ')
      .replace(/(code \d+):.*/, '$1'),
    ...(errors.length > 0 ? errors : messages).slice(-3),
  ].join(' | ');
}
