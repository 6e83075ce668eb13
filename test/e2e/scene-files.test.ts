/** The files of a scene travel once: real workers, and what the leader says that it sent. */

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import sharp from 'sharp';
import { POVRAY, SPHERES } from '../work/povray/scenes.js';
import { folder, fractal, hostfileOf, type Outcome, start, worker } from './processes.js';

const SIZE = ['--width', '128', '--height', '96'];
const FLOOR = 'plane { y, -.9 pigment { checker rgb .8 rgb .3 } }\n';
/** Some seconds for each band. */
const SLOW = `#include "floor.inc"
light_source { <10, 20, -10> rgb 1 area_light <6, 0, 0>, <0, 0, 6>, 9, 9 }
sphere { <1, 1, -2>, .7 pigment { rgbt .9 } finish { reflection .4 } interior { ior 1.4 } }
#declare K = 0; #while (K < 60) sphere { <2*sin(K), .3 + .05*K, 2*cos(K)>, .3 pigment { rgb <1, .3, 0> } finish { reflection .5 } } #declare K = K + 1; #end
`;

interface Place {
  /** The scene, of two files. */
  readonly path: string;
  readonly token: string;
}

function place(t: TestContext): Place {
  const at = folder(t);
  const path = join(at, 'scene');
  mkdirSync(path);
  writeFileSync(join(path, 'scene.pov'), `${SPHERES}#include "floor.inc"\n`);
  writeFileSync(join(path, 'floor.inc'), FLOOR);
  writeFileSync(join(at, 'token'), randomBytes(16).toString('hex'));
  return { path, token: join(at, 'token') };
}

/** `fractal scene` on this worker: a small picture of the scene, then the picture. */
async function rendered(
  t: TestContext,
  { path, token }: Place,
  target: { address: string },
  ...more: string[]
): Promise<Outcome & { pixels: Buffer }> {
  const hosts = join(path, 'hosts');
  writeFileSync(hosts, hostfileOf([target]));
  const out = join(path, 'out.png');
  const words = [...SIZE, '--hostfile', hosts, '--token-file', token, '--verbose', '-o', out, ...more];
  const outcome = await fractal(t, ['scene', path, ...words]);
  assert.equal(outcome.code, 0, outcome.stderr);
  return { ...outcome, pixels: await sharp(readFileSync(out)).raw().toBuffer() };
}

/** Of each scene that was sent: files sent with it, their bytes, files that were there. */
function filesOf(stderr: string): number[][] {
  const lines = stderr.matchAll(
    /scene \d+ sent to \S+: \d+ bytes that describe the picture; of its files (\d+) sent, (\d+) bytes, and (\d+) were there/g,
  );
  return [...lines].map((groups) => groups.slice(1).map(Number));
}

test('the small picture, the picture, and later leaders with the same token send a file once', POVRAY, async (t) => {
  const at = place(t);
  const one = await worker(t, ['--povray', '--token-file', at.token]);
  const bytes = ['scene.pov', 'floor.inc'].map((name) => readFileSync(join(at.path, name)).length);
  const all = (bytes[0] ?? 0) + (bytes[1] ?? 0);
  const first = await rendered(t, at, one);
  assert.deepEqual(filesOf(first.stderr), [
    [2, all, 0],
    [0, 0, 2],
  ]);
  const second = await rendered(t, at, one);
  assert.deepEqual(filesOf(second.stderr), [
    [0, 0, 2],
    [0, 0, 2],
  ]);
  assert.ok(second.pixels.equals(first.pixels));
  writeFileSync(join(at.path, 'floor.inc'), FLOOR.replace('.8', '<.9, .2, .1>'));
  const changed = await rendered(t, at, one);
  const length = readFileSync(join(at.path, 'floor.inc')).length;
  assert.deepEqual(filesOf(changed.stderr), [
    [1, length, 1],
    [0, 0, 2],
  ]);
  assert.ok(!changed.pixels.equals(first.pixels));
});

test('without credentials a leader is not told what others sent: each sends a file once', POVRAY, async (t) => {
  const at = place(t);
  const one = await worker(t, ['--povray']);
  for (const _ of [1, 2]) {
    const { stderr } = await rendered(t, at, one);
    assert.deepEqual(
      filesOf(stderr).map(([sent, , there]) => [sent, there]),
      [
        [2, 0],
        [0, 2],
      ],
    );
  }
});

test('the successor of a worker that was killed gets the files again: the same picture', POVRAY, async (t) => {
  const at = place(t);
  writeFileSync(join(at.path, 'scene.pov'), `${SPHERES}${SLOW}`);
  const words = ['--povray', '--token-file', at.token];
  const [stays, killed] = [await worker(t, words), await worker(t, words)];
  const expected = await rendered(t, at, stays, '--split', 'bands');
  writeFileSync(join(at.path, 'hosts'), hostfileOf([killed]));
  const out = join(at.path, 'again.png');
  const more = ['--hostfile', join(at.path, 'hosts'), '--token-file', at.token, '--split', 'bands', '--verbose'];
  const leader = start(t, ['scene', at.path, ...SIZE, ...more, '-o', out]);
  await leader.said(/and 0 were there[\s\S]*and 2 were there/);
  killed.process.kill('SIGKILL');
  await killed.ended;
  const port = killed.address.split(':')[1] as string;
  await start(t, ['worker', '--slots', '1', ...words, '--port', port]).said(/: ready/);
  const { code, stderr } = await leader.ended;
  assert.equal(code, 0, stderr);
  assert.deepEqual(
    filesOf(stderr).map(([sent, , there]) => [sent, there]),
    [
      [2, 0],
      [0, 2],
      [2, 0],
    ],
  );
  assert.ok((await sharp(readFileSync(out)).raw().toBuffer()).equals(expected.pixels));
});
