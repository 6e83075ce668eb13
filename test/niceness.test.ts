/** Which priorities of the operating system are lowered: of one thread, of threads that compute and assemble, and of encoders. */

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { getPriority, tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { openAssembler } from '../src/film/assembler.js';
import { COMPUTING, ENCODING } from '../src/niceness.js';
import { openOutput } from '../src/render/output.js';
import { COUNTS } from '../src/view/channels.js';
import { openPool } from '../src/worker/pool.js';

const LINUX = {
  skip: process.platform !== 'linux' && 'threads have priorities of their own on Linux only',
  timeout: 60_000,
};
const OWN = getPriority();

const SCRIPT = `
import { readlinkSync } from 'node:fs';
import { getPriority } from 'node:os';
import { basename } from 'node:path';
import { parentPort } from 'node:worker_threads';
import { lowerThread } from '${new URL('../src/niceness.js', import.meta.url)}';
lowerThread(7);
parentPort.postMessage(getPriority(Number(basename(readlinkSync('/proc/thread-self')))));
`;

test('a thread lowers its own priority only', LINUX, async () => {
  const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(SCRIPT)}`));
  const [niceness] = await once(worker, 'message');
  assert.equal(niceness, Math.max(7, OWN));
  assert.equal(getPriority(), OWN);
});

/** Threads of this process with such a niceness, or the process' own where that is higher. */
function threadsOf(niceness: number): number {
  const all = readdirSync('/proc/self/task').map((id) => getPriority(Number(id)));
  return all.filter((one) => one === Math.max(niceness, OWN)).length;
}

test('threads that compute and that assemble have a lower priority in a service, and only there', LINUX, async () => {
  const size = { width: 16, height: 16 };
  for (const background of [false, true]) {
    const before = [COMPUTING, ENCODING].map(threadsOf);
    const pool = openPool(2, { background });
    await pool.started;
    const assembler = openAssembler({ size, threads: 2, background });
    const frames = [0, 1].map(() => assembler.frame([], { bits: 8, dither: false }));
    // Each thread has answered.
    for (const { status } of await Promise.allSettled(frames)) assert.equal(status, 'rejected');
    const lowered = [COMPUTING, ENCODING].map((niceness, k) => threadsOf(niceness) - (before[k] as number));
    await assembler.close();
    await pool.close();
    if (OWN < COMPUTING) assert.deepEqual(lowered, background ? [2, 2] : [0, 0]);
  }
});

/** The niceness of the process that encodes this film, once it runs; others only list what ffmpeg can do. */
async function nicenessOfEncoder(folder: string): Promise<number> {
  for (;;) {
    for (const id of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
      const [program = '', ...words] = commandOf(id);
      if (/ffmpeg/.test(program) && words.some((word) => word.startsWith(folder))) return getPriority(Number(id));
    }
    await pause(10);
  }
}

/** Empty: the process has ended. */
function commandOf(id: string): string[] {
  try {
    return readFileSync(`/proc/${id}/cmdline`, 'utf8').split('\0');
  } catch {
    return [];
  }
}

test('the encoder of a service has the lowest priority', LINUX, async () => {
  const path = mkdtempSync(join(tmpdir(), 'niceness-'));
  const film = { outfile: join(path, 'x.mp4'), width: 16, height: 16, frames: 100, fps: 25 };
  const output = await openOutput({ ...film, perPixel: 1, channels: COUNTS, background: true });
  const rgb = new Uint8Array(3 * 16 * 16);
  await output.write({ index: 0, width: 16, height: 16, perPixel: 1, answer: { kind: 'pixels', rgb } });
  assert.equal(await nicenessOfEncoder(path), Math.max(ENCODING, OWN));
  await output.abort();
  rmSync(path, { recursive: true });
});
