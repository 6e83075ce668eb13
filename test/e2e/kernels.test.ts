/** Kernels other than simd: a job runs in one kernel as a whole, falls back as a whole, and leaves no driver behind. */

import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { endsOnSignal } from '../faults/job.js';
import { NO_GPU, skipWithoutWebgpu } from '../kernel/driver.js';
import { folder, hostfileOf, type Outcome, start, worker } from './processes.js';

const BOUNDED = { timeout: 180_000 };
const SIZE = ['--width', '64', '--height', '36', '--samples', '1', '--no-store', '--timeout', '120'];
const SHALLOW = ['-x', '-0.75', '-y', '0.1', '--zoom', '100', '--iters', '500', ...SIZE];
const INSTEAD = /^warning: .*: the whole job is computed by the simd kernel$/gm;
const skip = await skipWithoutWebgpu();
const gpu = { ...BOUNDED, skip };

interface Rendered extends Outcome {
  /** Of the files, in order. */
  readonly bytes: readonly Buffer[];
}

/** `fractal leader ...words` into a folder of its own. */
async function render(t: TestContext, words: readonly string[], env: Record<string, string> = {}): Promise<Rendered> {
  const file = words.includes('--frames') ? 'x-%02d.png' : 'x.png';
  const all = ['leader', ...words, '-o', join(folder(t), file)];
  const outcome = await start(t, all, undefined, undefined, env).ended;
  const files = outcome.stdout.split('\n').filter((line) => line.endsWith('.png'));
  return { ...outcome, bytes: files.map((path) => readFileSync(path)) };
}

function hosts(t: TestContext, workers: readonly { address: string }[]): string[] {
  const path = join(folder(t), 'hosts');
  writeFileSync(path, hostfileOf(workers));
  return ['--hostfile', path];
}

for (const [what, kernel, view, why] of [
  ['no GPU is there', 'gpu', SHALLOW, /no GPU to compute on/],
  [
    'the view is too deep for f32',
    'gpu',
    ['-x', '-0.75', '-y', '0.1', '--zoom', '1e9', '--iters', '500', ...SIZE],
    /zoom 1e9 .* the gpu kernel needs/,
  ],
  [
    'the last frame is too deep for f32',
    'gpu',
    [...SHALLOW, '--frames', '3', '--zoom-end', '1e12'],
    /the gpu kernel needs/,
  ],
  [
    'the view is too deep for f64',
    'cpu',
    ['-x', '-0.75', '-y', '0.1', '--zoom', '1e19', '--iters', '500', ...SIZE],
    /zoom 1e19 .* the cpu kernel needs/,
  ],
  [
    'more iterations are wanted than it counts',
    'cpu',
    ['-x', '-0.5', '-y', '0', '--zoom', '1e-3', '--iters', '20000000', ...SIZE],
    /the cpu kernel counts up to 16777216/,
  ],
] as const) {
  test(`--kernel ${kernel} where ${what}: the picture of simd, and one warning`, BOUNDED, async (t) => {
    const workersFlags = ['--local', '2'];
    const replaced = await render(t, [...view, ...workersFlags, '--kernel', kernel], NO_GPU);
    const simd = await render(t, [...view, ...workersFlags, '--kernel', 'simd']);
    assert.equal(replaced.code, 0, replaced.stderr);
    const warnings = replaced.stderr.match(INSTEAD) ?? [];
    assert.equal(warnings.length, 1, replaced.stderr);
    assert.match(warnings[0] as string, why);
    assert.deepEqual(replaced.bytes, simd.bytes);
    const strict = await render(t, [...view, ...workersFlags, '--kernel', kernel, '--strict'], NO_GPU);
    assert.equal(strict.code, why.source.includes('no GPU') ? 1 : 2, strict.stderr);
    assert.match(strict.stderr, why);
    assert.deepEqual(strict.bytes, []);
  });
}

test('--kernel gpu on workers of which none has a GPU: the picture of simd, and one warning', BOUNDED, async (t) => {
  const workers = await Promise.all([worker(t, ['--kernel', 'gpu'], NO_GPU), worker(t, [], NO_GPU)]);
  const workersFlags = hosts(t, workers);
  const replaced = await render(t, [...SHALLOW, ...workersFlags, '--kernel', 'gpu']);
  const simd = await render(t, [...SHALLOW, ...workersFlags]);
  assert.equal(replaced.code, 0, replaced.stderr);
  assert.equal(replaced.stderr.match(INSTEAD)?.length, 1, replaced.stderr);
  assert.deepEqual(replaced.bytes, simd.bytes);
  const strict = await render(t, [...SHALLOW, ...workersFlags, '--kernel', 'gpu', '--strict']);
  assert.equal(strict.code, 1);
  assert.match(strict.stderr, /error: WORKER_MISSING: .*(no GPU|simd kernel)/);
  for (const one of workers) await endsOnSignal(one);
});

test('a worker with --kernel gpu and no GPU offers simd, with a warning', BOUNDED, async (t) => {
  const without = await worker(t, ['--kernel', 'gpu'], NO_GPU);
  await without.said(/^warning: no GPU to compute on .*: this worker offers the simd kernel$/m);
  const { code, stderr } = await render(t, [...SHALLOW, ...hosts(t, [without])]);
  assert.equal(code, 0, stderr);
  await endsOnSignal(without);
});

test('some workers have a GPU, others not: the first compute, the others are named and left out', gpu, async (t) => {
  const [has, lacks] = await Promise.all([worker(t), worker(t, [], NO_GPU)]);
  // If too few workers have a GPU, all use simd.
  const workersFlags = [...hosts(t, [lacks, has]), '--kernel', 'gpu'];
  const all = await render(t, [...SHALLOW, ...workersFlags, '--min-workers', '2']);
  assert.equal(all.stderr.match(INSTEAD)?.length, 1, all.stderr);
  assert.match(all.stderr, new RegExp(`^${lacks.address} is left out: no GPU to compute on`, 'm'));
  assert.deepEqual(all.bytes, (await render(t, [...SHALLOW, ...hosts(t, [has])])).bytes);
  const alone = await render(t, [...SHALLOW, ...hosts(t, [has]), '--kernel', 'gpu']);
  const mixed = await render(t, [...SHALLOW, ...workersFlags]);
  assert.equal(mixed.code, 0, mixed.stderr);
  assert.deepEqual(mixed.bytes, alone.bytes);
  await endsOnSignal(has);
  await endsOnSignal(lacks);
});

test('a leader that computed on WebGPU exits with 0, each time', gpu, async (t) => {
  for (let run = 0; run < 8; run++) {
    const words = [...SHALLOW, '--local', '1', '--kernel', 'gpu', ...(run % 2 > 0 ? ['--force-exit'] : [])];
    const { code, signal, stderr } = await render(t, words, { XDG_RUNTIME_DIR: '' });
    assert.deepEqual([code, signal], [0, null], stderr);
    assert.doesNotMatch(stderr, /error/);
  }
});

test('a worker that computed on WebGPU exits with 0 on SIGTERM, each time', gpu, async (t) => {
  for (let run = 0; run < 4; run++) {
    const one = await worker(t, ['--kernel', 'gpu']);
    const { code, stderr } = await render(t, [...SHALLOW, ...hosts(t, [one]), '--kernel', 'gpu']);
    assert.equal(code, 0, stderr);
    await endsOnSignal(one);
  }
});

test(
  'interrupted in the middle of a shard on WebGPU, a leader closes the device and exits with 130',
  gpu,
  async (t) => {
    const long = [
      '-x',
      '-0.75',
      '-y',
      '0.1',
      '--zoom',
      '100',
      '--iters',
      '20000',
      '--width',
      '1280',
      '--height',
      '720',
    ];
    for (let run = 0; run < 2; run++) {
      const words = [
        'leader',
        ...long,
        '--no-store',
        '--local',
        '1',
        '--kernel',
        'gpu',
        '-o',
        join(folder(t), 'x.png'),
      ];
      const leader = start(t, words);
      await leader.said(/joined/);
      leader.process.kill('SIGINT');
      assert.equal((await leader.ended).code, 130);
    }
  },
);
