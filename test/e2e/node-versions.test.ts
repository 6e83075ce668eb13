/** Node 20, 22 and 24 build the same identity and compute the same pictures, in one mixed cluster. */

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { buildDigest } from '../../src/build.js';
import { nodesHere, WANTED } from './nodes.js';
import { folder, fractal, hostfileOf, PROGRAM, run } from './processes.js';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const BOUNDED = { timeout: 300_000 };

const HERE = nodesHere();
const MISSING = WANTED.filter((major) => !HERE.has(major));

for (const major of MISSING) {
  test(`Node ${major} builds the same identity and takes part in a mixed cluster`, (t) =>
    t.skip(`Node ${major} is not here: npm install --prefix .ci/node${major} node-linux-${process.arch}@${major}`));
}

const others = [...HERE].filter(([, path]) => path !== process.execPath);

for (const [major, node] of others) {
  test(`Node ${major} builds the same identity from the same sources`, BOUNDED, (t) => {
    const root = folder(t);
    for (const name of [
      'src',
      'bin',
      'web',
      'tools',
      'proto',
      'assets',
      'examples/places',
      'package.json',
      'package-lock.json',
      'tsconfig.json',
    ]) {
      cpSync(join(ROOT, name), join(root, name), { recursive: true });
    }
    symlinkSync(join(ROOT, 'node_modules'), join(root, 'node_modules'));
    const env = { ...process.env, PATH: `${dirname(node)}${delimiter}${process.env.PATH}` };
    execFileSync('npm', ['run', '-s', 'build'], { cwd: root, env, stdio: 'pipe' });
    const { digest } = JSON.parse(readFileSync(join(root, 'dist/build.json'), 'utf8'));
    assert.equal(digest, buildDigest());
  });
}

const DEEP = ['-x', '-1.338238635', '-y', '-0.057237059'];
/** Directly iterated with distances and a turned camera; perturbed beyond doubles; folds; a film. */
const JOBS: Readonly<Record<string, readonly string[]>> = {
  'still.png': [
    '-x',
    '-0.7454286',
    '-y',
    '0.1130089',
    '--zoom',
    '1308000',
    '--iters',
    '3000',
    '--rotate',
    '20',
    '--slope',
    '1',
  ],
  'deep.png': [
    ...['-x', '-1.7499984109937408', '--ypos', '-1.3e-9'],
    '--zoom',
    '1e17',
    '--iters',
    '20000',
    '--samples',
    '4',
  ],
  'ship.npy': ['--formula', 'burning-ship', '-x', '-1.7625', '-y', '-0.0286', '--zoom', '60', '--iters', '1000'],
  'film-%03d.png': [...DEEP, '--zoom', '1', '--zoom-end', '1e20', '--frames', '4', '--iters', '2000', '--seed', '3'],
};
const SIZE = ['--width', '160', '--height', '90', '--block-size', '16', '--quiet'];

/** The hashes of all files of all jobs. */
function hashesOf(path: string): Record<string, string> {
  const names = readdirSync(path).filter((name) => /\.(png|npy)$/.test(name));
  const hash = (name: string) =>
    createHash('sha256')
      .update(readFileSync(join(path, name)))
      .digest('hex');
  return Object.fromEntries(names.sort().map((name) => [name, hash(name)]));
}

async function workerOn(t: TestContext, node: string) {
  const running = run(t, [node, PROGRAM, 'worker', '--port', '0', '--slots', '1']);
  const [, address = ''] = await running.said(/worker (127\.0\.0\.1:\d+): ready/);
  return { ...running, address };
}

test(
  'leader and workers of every Node here make the same bytes in one cluster as one process does',
  BOUNDED,
  async (t) => {
    if (others.length === 0) return t.skip('there is no other Node than this one');
    const alone = folder(t);
    for (const [name, words] of Object.entries(JOBS)) {
      const { code, stderr } = await fractal(t, ['leader', ...words, ...SIZE, '--local', '1', '-o', join(alone, name)]);
      assert.equal(code, 0, stderr);
    }
    const expected = hashesOf(alone);
    assert.equal(Object.keys(expected).length, 7);
    const workers = await Promise.all([...HERE.values()].map((node) => workerOn(t, node)));
    for (const [major, node] of HERE) {
      const path = folder(t);
      const hosts = join(path, 'hosts');
      writeFileSync(hosts, hostfileOf(workers));
      for (const [name, words] of Object.entries(JOBS)) {
        const metrics = join(path, `${name}.json`);
        const cluster = [
          '--hostfile',
          hosts,
          '--strict',
          '--no-store',
          '--metrics-file',
          metrics,
          '-o',
          join(path, name),
        ];
        const { code, stderr } = await run(t, [node, PROGRAM, 'leader', ...words, ...SIZE, ...cluster]).ended;
        assert.equal(code, 0, `Node ${major}: ${stderr}`);
        const shares = JSON.parse(readFileSync(metrics, 'utf8')).workers as Record<string, Record<string, number>>;
        assert.equal(Object.keys(shares).length, HERE.size, 'all took part');
      }
      assert.deepEqual(hashesOf(path), expected, `leader on Node ${major}`);
    }
  },
);

test('every version of Node here prints the same build', async (t) => {
  for (const node of HERE.values()) {
    const { stdout } = await run(t, [node, PROGRAM, 'version']).ended;
    assert.ok(stdout.includes(`build ${buildDigest().slice(0, 12)}`), stdout);
  }
});
