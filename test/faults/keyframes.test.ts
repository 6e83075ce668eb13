/** Films from keyframes while workers, leaders, disks and stores fail, with real processes: the same bytes as without. */

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { folder, fractal, hostfileOf, start, worker } from '../e2e/processes.js';
import { pixelsIn } from './kept-pixels.js';
import { MOUNTS, onSmallDisk } from './small-disk.js';

const BOUNDED = { timeout: 240_000 };
const PLACE = ['-x', '-0.7454286', '-y', '0.1130089', '--zoom', '100000', '--zoom-end', '1308000', '--iters', '20000'];
/** Some two seconds of a core: sixteen keyframes, one after another. */
const FILM = [...PLACE, '--width', '240', '--height', '160', '--samples', '4', '--frames', '50'];
const WORDS = ['leader', ...FILM, '--assembly', 'keyframes'];
/** So small that a fault meets some of each keyframe. */
const BLOCKS = ['--block-size', '40'];

const hashOf = (path: string) => createHash('sha256').update(readFileSync(path)).digest('hex');

/** Of the film that nothing disturbs. */
let known: Promise<{ readonly sha: string; readonly samples: number }> | undefined;
function undisturbed(t: TestContext) {
  known ??= rendered(t, ['--local', '1', '--no-store']);
  return known;
}

interface Summary {
  readonly sha: string;
  readonly shards: number;
  readonly samples: number;
  readonly recalled: number;
}

async function rendered(t: TestContext, words: readonly string[]): Promise<Summary> {
  const path = join(folder(t), 'x.mp4');
  const { code, stdout, stderr } = await fractal(t, [...WORDS, ...words, '--json', '-o', path]);
  assert.equal(code, 0, stderr);
  return { ...JSON.parse(stdout), sha: hashOf(path) };
}

/** When so many pixels of keyframes are in the store, which also has a note of one. */
async function untilKept(store: string, pixels: number): Promise<void> {
  while ((await pixelsIn(store)) < pixels) await sleep(5);
}

test('1, 2 and 3 workers, rows, tiles and blocks: one film', BOUNDED, async (t) => {
  const { sha } = await undisturbed(t);
  const workers = await Promise.all([worker(t), worker(t), worker(t)]);
  const hosts = (count: number) => {
    const path = join(folder(t), 'hosts');
    writeFileSync(path, hostfileOf(workers.slice(0, count)));
    return ['--hostfile', path, '--min-workers', `${count}`, '--no-store'];
  };
  for (const [count, ...shape] of [
    [1, '--shard', 'row'],
    [2, '--shard', 'tile'],
    [3, '--shard', 'row', '--block-size', '3'],
    [3, '--shard', 'tile', '--block-size', '17'],
  ] as const)
    assert.equal((await rendered(t, [...hosts(count), ...shape])).sha, sha, `${count} workers, ${shape.join(' ')}`);
});

test(
  'a worker killed with -9: the others compute what it had, and every sample is committed once',
  BOUNDED,
  async (t) => {
    const { sha, samples } = await undisturbed(t);
    const [victim, ...others] = await Promise.all([worker(t), worker(t), worker(t)]);
    const [store, out] = [folder(t), folder(t)];
    const [hosts, path] = [join(out, 'hosts'), join(out, 'x.mp4')];
    writeFileSync(hosts, hostfileOf([victim, ...others]));
    const cluster = ['--hostfile', hosts, '--min-workers', '3', '--retries', '1', '--store', store];
    const running = start(t, [...WORDS, ...BLOCKS, ...cluster, '--json', '--log-level', 'info', '-o', path]);
    await untilKept(store, 40_000);
    victim.process.kill('SIGKILL');
    const { code, stdout, stderr } = await running.ended;
    assert.equal(code, 0, stderr);
    assert.match(stderr, /was lost/);
    assert.equal(hashOf(path), sha);
    assert.equal(JSON.parse(stdout).samples, samples);
  },
);

test('a leader killed with -9 and started again computes only what was missing of keyframes', BOUNDED, async (t) => {
  const { sha, samples } = await undisturbed(t);
  const store = folder(t);
  const words = ['--local', '1', '--store', store, ...BLOCKS];
  const first = start(t, [...WORDS, ...words, '-q', '-o', join(folder(t), 'x.mp4')]);
  await untilKept(store, samples / 3);
  first.process.kill('SIGKILL');
  await first.ended;
  const kept = (await pixelsIn(store)) - 1;
  assert.ok(kept < samples, 'something was missing');
  // Other shards than those of the first run.
  const second = await rendered(t, ['--local', '2', '--store', store, '--shard', 'row']);
  assert.equal(second.recalled, kept, 'what was on the disk was found, of complete keyframes all');
  assert.equal(second.recalled + second.samples, samples, 'the rest was computed, once');
  assert.equal(second.sha, sha);
  const third = await rendered(t, ['--local', '1', '--store', store]);
  assert.deepEqual([third.shards, third.recalled, third.sha], [0, samples, sha]);
});

test('a disk that becomes full under the store: one warning, and the same film', BOUNDED, async (t) => {
  if (!MOUNTS) return t.skip('no file system can be mounted here');
  const { sha } = await undisturbed(t);
  const [disk, out] = [folder(t), folder(t)];
  const path = join(out, 'x.mp4');
  const words = [...WORDS, '--local', '1', '--store', disk, '-o', path];
  const { code, stderr } = await onSmallDisk(t, disk, words, 'true', { kibibytes: 1024 });
  assert.equal(code, 0, stderr);
  assert.equal(stderr.match(/warning: the store .* is not used any more: .*no space left/gi)?.length, 1, stderr);
  assert.equal(hashOf(path), sha);
});

test('damaged keyframes of the store are computed again, others not: the same film', BOUNDED, async (t) => {
  const { sha, samples } = await undisturbed(t);
  const store = folder(t);
  const words = ['--local', '1', '--store', store, ...BLOCKS];
  await rendered(t, words);
  const [largest, second] = readdirSync(store)
    .map((name) => join(store, name))
    .sort((a, b) => statSync(b).size - statSync(a).size);
  const bytes = readFileSync(largest as string);
  const middle = bytes.length >> 1;
  bytes[middle] = (bytes[middle] as number) ^ 1;
  writeFileSync(largest as string, bytes);
  truncateSync(second as string, statSync(second as string).size >> 1);
  const again = await rendered(t, words);
  assert.equal(again.sha, sha);
  assert.ok(again.samples > 0 && again.samples < samples / 2, `${again.samples} of ${samples} samples`);
  assert.equal(again.samples + again.recalled, samples);
  const healed = await rendered(t, words);
  assert.deepEqual([healed.shards, healed.sha], [0, sha]);
});
