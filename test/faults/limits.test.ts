/** Limits of the system (ulimit), as batch queues set them: a job gives the same picture, or ends with one line. */

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { folder, fractal, hostfileOf, PROGRAM, type Running, run } from '../e2e/processes.js';
import { endsOnSignal } from './job.js';

const BOUNDED = { timeout: 120_000 };
const SIZE = ['--width', '160', '--height', '90', '--no-store', '--timeout', '60', '--quiet'];
const SHALLOW = ['-x', '-0.75', '-y', '0.1', '--zoom', '100', '--iters', '500', ...SIZE];
const DEEP = ['-x', '-1.7685736562992577', '-y', '-0.0009642894', '--zoom', '1e14', '--iters', '20000', ...SIZE];

/** `fractal` as a shell starts it under a limit: "-v 4000000" kB of address space, "-n 64" open files. */
function limited(t: TestContext, limit: string, words: readonly string[]): Running {
  const env = { PATH: `${dirname(process.execPath)}${delimiter}${process.env.PATH}` };
  const script = `ulimit ${limit} && exec "$0" "$@"`;
  return run(t, ['sh', '-c', script, PROGRAM, ...words], undefined, undefined, env);
}

const hashOf = (path: string) => createHash('sha256').update(readFileSync(path)).digest('hex');
const known = new Map<readonly string[], Promise<string>>();

/** The hash of the picture that a process without a limit makes. */
function unlimited(t: TestContext, view: readonly string[]): Promise<string> {
  const render = async () => {
    const path = join(folder(t), 'x.png');
    const { code, stderr } = await fractal(t, ['leader', ...view, '--local', '2', '-o', path]);
    assert.equal(code, 0, stderr);
    return hashOf(path);
  };
  if (!known.has(view)) known.set(view, render());
  return known.get(view) as Promise<string>;
}

for (const kilobytes of [3_000_000, 4_000_000, 12_000_000]) {
  test(`ulimit -v ${kilobytes}: a leader and its own workers make the same picture`, BOUNDED, async (t) => {
    for (const view of [SHALLOW, DEEP]) {
      const path = join(folder(t), 'x.png');
      const words = ['leader', ...view, '--local', '2', '-o', path];
      const { code, stderr } = await limited(t, `-v ${kilobytes}`, words).ended;
      assert.deepEqual([code, stderr], [0, '']);
      assert.equal(hashOf(path), await unlimited(t, view));
    }
  });
}

test('ulimit -v 4000000: a worker computes the same picture', BOUNDED, async (t) => {
  const worker = limited(t, '-v 4000000', ['worker', '--port', '0', '--slots', '2']);
  const [, address] = await worker.said(/worker (127\.0\.0\.1:\d+): ready/);
  const path = folder(t);
  writeFileSync(join(path, 'hosts'), hostfileOf([{ address: address as string }]));
  for (const view of [SHALLOW, DEEP]) {
    const words = ['leader', ...view, '--hostfile', join(path, 'hosts'), '-o', join(path, 'x.png')];
    const { code, stderr } = await fractal(t, words);
    assert.equal(code, 0, stderr);
    assert.equal(hashOf(join(path, 'x.png')), await unlimited(t, view));
  }
  await endsOnSignal(worker);
});

for (const [limit, slots] of [
  ['-v 1000000', 2],
  ['-v 1450000', 2],
  ['-v 4000000', 200],
] as const) {
  for (const command of ['leader', 'worker'] as const) {
    test(`ulimit ${limit}: a ${command} with ${slots} slots ends with one line`, BOUNDED, async (t) => {
      const path = join(folder(t), 'x.png');
      const words = {
        leader: ['leader', ...SHALLOW, '--local', `${slots}`, '-o', path],
        worker: ['worker', '--port', '0', '--slots', `${slots}`],
      };
      const { code, stdout, stderr } = await limited(t, limit, words[command]).ended;
      assert.equal(code, 1, stdout);
      assert.match(
        stderr,
        /^error: RESOURCES: \d+ (kB|MiB) of address space \(ulimit -v\) are too few.*: .*raise the limit.*\n$/,
      );
    });
  }
}

test('ulimit -n 20: too few files that may be open end a leader with one line', BOUNDED, async (t) => {
  const words = ['leader', ...SHALLOW, '--local', '1', '-o', join(folder(t), 'x.png')];
  const { code, stderr } = await limited(t, '-n 20', words).ended;
  assert.equal(code, 1, stderr);
  assert.match(stderr, /^error: RESOURCES: [^\n]*raise the limit \(ulimit -n\)\n$/);
});

test('ulimit -f: a file beyond the limit is DISK, whether it is a picture or a film', BOUNDED, async (t) => {
  for (const [name, more] of [
    ['x.png', []],
    ['x.mp4', ['--frames', '9', '--zoom-end', '9']],
  ] as const) {
    const words = ['leader', '--local', '1', '--no-store', '-q', '--width', '640', '--height', '360', ...more];
    const { code, stderr } = await limited(t, '-f 8', [...words, '-o', join(folder(t), name)]).ended;
    assert.equal(code, 1, stderr);
    assert.match(stderr, /^error: DISK: [^\n]*larger than allowed \(ulimit -f, or the file system\)[^\n]*\n$/);
  }
});
