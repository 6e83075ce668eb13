/** One run of POV-Ray: started, bounded, stopped when it is not wanted any more, and its picture read as it comes. */

import { type ChildProcess, spawn } from 'node:child_process';
import { constants } from 'node:os';
import { messageOf } from '../../errors.js';
import { FinalFailure } from '../kind.js';
import type { Command } from './sandbox.js';
import type { PovrayLimits } from './scene.js';
import { isFaultOfScene, isOutOfMemory, reasonIn } from './words.js';

/** How often it is asked whether the run is still wanted. Milliseconds. */
const LOOK_MS = 20;
/** Of standard error, at its end. */
const KEPT_BYTES = 1 << 16;
/** The exit code after a signal is 128 and its number: this one says that the limit of CPU time is reached. */
const CPU_TIME = 128 + constants.signals.SIGXCPU;

/** `picture`: takes standard output. Returns standard error, or undefined where it was stopped. @throws FinalFailure; Error */
export async function runPovray(
  { program, args, cwd, env }: Command,
  limits: PovrayLimits,
  picture: { push(chunk: Buffer): void },
  stopped: () => boolean,
): Promise<string | undefined> {
  // A session of its own: no terminal, and a group that ends when its standard input does.
  const child = spawn(program, args, { cwd, env, stdio: 'pipe', detached: true });
  // It may have ended before.
  child.stdin.on('error', () => undefined);
  let end: 'stopped' | 'late' | { readonly error: unknown } | undefined;
  const kill = (why: typeof end) => {
    end ??= why;
    child.stdin.destroy();
  };
  let words = Buffer.alloc(0);
  child.stdout.on('data', (chunk: Buffer) => {
    if (end) return;
    try {
      picture.push(chunk);
    } catch (error) {
      kill({ error });
    }
  });
  child.stderr.on('data', (chunk: Buffer) => {
    words = Buffer.concat([words, chunk]);
    if (words.length > 2 * KEPT_BYTES) words = words.subarray(-KEPT_BYTES);
  });
  const until = performance.now() + 1_000 * limits.seconds;
  const looking = setInterval(() => {
    if (stopped()) kill('stopped');
    else if (performance.now() > until) kill('late');
  }, LOOK_MS);
  try {
    const code = await closed(child);
    if (end === 'stopped') return undefined;
    const text = words.toString('utf8');
    if (end === 'late') throw tooLong(limits);
    if (code !== 0) throw failure(code, text, limits);
    if (end) throw end.error;
    return text;
  } finally {
    child.stdin.destroy();
    clearInterval(looking);
  }
}

/** Its exit code, once all that it wrote is read. */
async function closed(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('error', (error) => reject(new Error(`POV-Ray cannot be started: ${messageOf(error)}`)));
    child.once('close', (code, signal) => resolve(code ?? 128 + (signal ? constants.signals[signal] : 0)));
  });
}

function failure(code: number, text: string, limits: PovrayLimits): Error {
  if (code === CPU_TIME) return tooLong(limits);
  if (isOutOfMemory(text)) {
    return new FinalFailure(`POV-Ray needs more memory than its limit of ${Math.floor(limits.memory / 2 ** 20)} MiB`);
  }
  const reason = reasonIn(text);
  if (isFaultOfScene(text)) return new FinalFailure(`POV-Ray refuses the scene: ${reason}`);
  const how = code > 128 ? `POV-Ray was ended by signal ${code - 128}` : `POV-Ray failed with exit code ${code}`;
  return new Error(reason === '' ? how : `${how}: ${reason}`);
}

/** Final: it would take as long elsewhere, or nearly. */
function tooLong({ seconds }: PovrayLimits): Error {
  return new FinalFailure(`POV-Ray took longer than its limit of ${seconds} s for a shard`);
}
