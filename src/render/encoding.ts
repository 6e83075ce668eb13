/**
 * One encoding of ffmpeg, which takes raw frames. fluent-ffmpeg, which is archived upstream, is used here and nowhere else.
 */

import { stat } from 'node:fs/promises';
import { PassThrough } from 'node:stream';
import { FractalError, messageOf } from '../errors.js';
import { ENCODING } from '../niceness.js';
import type { Ffmpeg } from './ffmpeg.js';
import type { Recipe } from './film.js';
import type { Sound } from './soundtrack.js';

export interface Encoding {
  /** Takes one frame, as the recipe's input says; resolves when ffmpeg is ready for the next one. It must not change afterwards. */
  write(pixels: Uint8Array | Uint16Array): Promise<void>;
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
  readonly sound?: Sound;
  /** The comment of the film, where its container can hold one. */
  readonly comment?: string;
  /** An absolute path. */
  readonly target: string;
  /** With a lower priority of the operating system. */
  readonly background: boolean;
  /** ffmpeg is killed after so many seconds without output; absent: 60. */
  readonly stallSeconds?: number;
}

/** Of a pixel. */
const BYTES = { rgb24: 3, rgb48le: 6, yuv420p: 1.5 } as const;
const STALL_SECONDS = 60;
/** Checks of ffmpeg in that time. */
const CHECKS = 8;

/** Starts ffmpeg on raw frames. `write` and `end` reject with ENCODER_FAILED, and the end of ffmpeg's messages, when it fails. */
export async function encode(
  ffmpeg: Ffmpeg,
  { width, height, fps, container, recipe, sound, comment, target, background, stallSeconds = STALL_SECONDS }: Encode,
): Promise<Encoding> {
  const { default: fluent } = await import('fluent-ffmpeg');
  const input = new PassThrough({ writableHighWaterMark: width * height * BYTES[recipe.input] + 1 });
  const metadata = comment === undefined ? [] : ['-metadata', `comment=${comment}`];
  const command = fluent(input, { stdoutLines: 40, niceness: background ? ENCODING : 0 })
    .setFfmpegPath(ffmpeg.path)
    .inputFormat('rawvideo')
    .inputOptions('-pixel_format', recipe.input, '-video_size', `${width}x${height}`, '-framerate', String(fps));
  if (sound) command.input(sound.path).inputOptions(...sound.inputOptions);
  command
    .complexFilter(sound ? [`[0:v]${recipe.filter}[v]`, sound.filter] : recipe.filter)
    .videoCodec(recipe.encoder)
    .outputOptions(...(sound ? ['-map', '[v]', ...sound.options] : []), ...recipe.options, ...metadata)
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
    write: async (pixels) => {
      if (input.write(bytesOf(pixels))) return Promise.race([done, Promise.resolve()]);
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

function bytesOf({ buffer, byteOffset, byteLength }: Uint8Array | Uint16Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
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
