/**
 * A cluster with constant faults: workers are killed, stopped, drained and started again while two
 * leaders render, one film after another and one film without end. `SOAK_SECONDS` says for how long; `make soak`.
 */

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { folder, fractal, hostfileOf, type Running, start, worker } from '../e2e/processes.js';
import { dice } from './dice.js';
import { endsOnSignal } from './job.js';

const SECONDS = Number(process.env.SOAK_SECONDS ?? 60);
const SEED = Number(process.env.SOAK_SEED ?? 4);
const WORKERS = 3;
/** With an explicit method and fixed colours, since auto depends on the number of frames: stills are compared with films. */
const PLACE = [
  ...['-x', '-0.7454286', '-y', '0.1130089', '--zoom', '1308000', '--iters', '20000'],
  ...['--method', 'direct', '--no-store', '--colors', 'fixed'],
];
/** About 0.4 s of a core each. */
const SIZE = ['--width', '240', '--height', '160', '--samples', '4'];
const FRAMES = 8;
const FILM = [...PLACE, ...SIZE, '--zoom-end', '2000000', '--frames', `${FRAMES}`, '--assembly', 'frames'];
const STILL = [...PLACE, ...SIZE];
/** The same frame without end. */
const ENDLESS = [...STILL, '--zoom-end', '1308000', '--frames', '1000000', '--assembly', 'frames'];

const hashOf = (path: string) => createHash('sha256').update(readFileSync(path)).digest('hex');

/** A worker that may be killed and started again, on the same port. */
interface WorkerPort {
  readonly address: string;
  running: Running;
  /** It is being disturbed. */
  busy: boolean;
}

test(`${SECONDS} s of churn: every picture is right, memory is flat`, {
  timeout: SECONDS * 2000 + 120_000,
}, async (t) => {
  const roll = dice(SEED);
  const between = (from: number, to: number) => from + (to - from) * roll();
  const path = folder(t);
  const [film, still] = [await undisturbed(t, FILM, 'x.mp4'), await undisturbed(t, STILL, 'x.png')];
  const ports = await Promise.all(
    Array.from({ length: WORKERS }, async (): Promise<WorkerPort> => {
      const running = await worker(t);
      return { address: running.address, running, busy: false };
    }),
  );
  const hosts = join(path, 'hosts');
  writeFileSync(hosts, hostfileOf(ports));
  const until = performance.now() + SECONDS * 1000;
  const on = ['--hostfile', hosts, '--retries', '1000'];

  const endless = start(t, ['leader', ...ENDLESS, ...on, '-q', '-o', join(path, 'f-%06d.png')]);
  const memory = [endless, (ports[0] as WorkerPort).running].map(({ process: { pid } }) => ({
    pid: pid as number,
    megabytes: [] as number[],
  }));
  const wrong: string[] = [];
  let frames = 0;
  /** Complete files are right, then gone. */
  function look(): void {
    for (const name of readdirSync(path)) {
      if (!/^f-\d+\.png$/.test(name)) continue;
      if (hashOf(join(path, name)) === still) frames++;
      else wrong.push(name);
      unlinkSync(join(path, name));
    }
    for (const { pid, megabytes } of memory) megabytes.push(residentMegabytes(pid));
  }
  const looking = setInterval(look, 250);
  t.after(() => clearInterval(looking));

  async function disturb(place: WorkerPort): Promise<void> {
    const { process, ended } = place.running;
    const port = place.address.split(':')[1] as string;
    // The first one is never killed, so that its memory can be measured.
    const what = place === ports[0] ? 1 : roll();
    place.busy = true;
    if (what < 0.6) {
      process.kill(what < 0.4 ? 'SIGKILL' : 'SIGTERM');
      await ended;
      await sleep(between(0, 2000));
      place.running = start(t, ['worker', '--port', port, '--slots', '1']);
      await place.running.said(/ready/);
    } else {
      process.kill('SIGSTOP');
      await sleep(between(100, 8000));
      process.kill('SIGCONT');
    }
    place.busy = false;
  }

  const disturbing: Promise<void>[] = [];
  async function churn(): Promise<void> {
    while (performance.now() < until) {
      const place = ports[Math.floor(roll() * ports.length)] as WorkerPort;
      if (!place.busy) disturbing.push(disturb(place));
      await sleep(between(1000, 3000));
    }
    await Promise.all(disturbing);
  }

  let [films, lost] = [0, 0];
  async function render(): Promise<void> {
    while (performance.now() < until) {
      const { code, stdout, stderr } = await fractal(t, [
        'leader',
        ...FILM,
        ...on,
        '--json',
        '-o',
        join(path, 'x.mp4'),
      ]);
      assert.equal(code, 0, stderr);
      assert.equal(hashOf(join(path, 'x.mp4')), film, 'the film is the undisturbed one');
      const report = JSON.parse(stdout);
      assert.equal(report.samples, FRAMES * 240 * 160 * 4, 'every sample is committed once');
      films++;
      lost += report.lost;
    }
  }
  await Promise.all([churn(), render()]);
  clearInterval(looking);
  look();
  endless.process.kill('SIGINT');
  assert.equal((await endless.ended).code, 130);
  look();
  assert.deepEqual(wrong, [], 'frames are the undisturbed one');
  for (const { running } of ports) await endsOnSignal(running);
  t.diagnostic(`${disturbing.length} disturbances, ${lost} workers lost in ${films} films, ${frames} more frames`);
  assert.ok(films > 0 && frames > 0 && lost > 0 && disturbing.length >= SECONDS / 6);
  for (const { megabytes } of memory)
    assertFlat(
      t,
      megabytes.filter((one) => one > 0),
    );
});

async function undisturbed(t: TestContext, words: readonly string[], name: string): Promise<string> {
  const path = join(folder(t), name);
  const { code, stderr } = await fractal(t, ['leader', ...words, '--local', '1', '-q', '-o', path]);
  assert.equal(code, 0, stderr);
  return hashOf(path);
}

/** 0: not available on this system. */
function residentMegabytes(pid: number): number {
  const file = `/proc/${pid}/statm`;
  return existsSync(file) ? (Number(readFileSync(file, 'latin1').split(' ')[1]) * 4096) / 2 ** 20 : 0;
}

/** Compares the last quarter with the second: memory that grows with the work done would show. */
function assertFlat(t: TestContext, megabytes: readonly number[]): void {
  const quarter = (k: number) => {
    const part = megabytes.slice((k * megabytes.length) / 4, ((k + 1) * megabytes.length) / 4);
    return part.toSorted((a, b) => a - b)[part.length >> 1] ?? 0;
  };
  t.diagnostic(`MiB of memory, a quarter each: ${[0, 1, 2, 3].map((k) => quarter(k).toFixed(0)).join(' ')}`);
  assert.ok(quarter(3) <= 1.2 * quarter(1) + 16, `it grew from ${quarter(1)} to ${quarter(3)} MiB`);
}
