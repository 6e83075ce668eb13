/** Shards of POV-Ray scenes: what a scene can ask about its animation, why shards fail, how they stop, what is left of them. */

import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { BUILT_IN } from '../../../src/work/kinds.js';
import { findInstallation } from '../../../src/work/povray/installation.js';
import { povrayKind } from '../../../src/work/povray/kind.js';
import { POVRAY_KERNEL, type PovrayTask } from '../../../src/work/povray/scene.js';
import { Scratch } from '../../../src/work/povray/scratch.js';
import { openPool } from '../../../src/worker/pool.js';
import type { Outcome } from '../../../src/worker/queues.js';
import { folder } from '../../e2e/processes.js';
import { eventually, processesWith } from './processes.js';
import { bytesOf, POVRAY, povrayPool, rendering, SPHERES, sceneOf } from './scenes.js';

const SMALL = { width: 8, height: 8 };
const ENDLESS = '#while (1) #end\n';

/** A scene of one colour: an expression of 0 to 1. */
const coloured = (red: string, green = '0', blue = '0') =>
  `#version 3.7;\nglobal_settings { assumed_gamma srgb }\nbackground { srgb <${red}, ${green}, ${blue}> }\ncamera { look_at z }\n`;

function reasonOf(outcome: Outcome): string {
  assert.equal(outcome.kind, 'failed');
  return outcome.kind === 'failed' ? outcome.reason : '';
}

test(
  'a scene knows its frame, the frames and clocks of the animation, and the variables it is given',
  POVRAY,
  async (t) => {
    const pool = await povrayPool(t);
    const animation = { first: 1, last: 11, initialClock: '0', finalClock: '1', cyclic: false };
    const main = coloured('clock', 'frame_number / 255', 'final_frame / 255');
    const { render } = rendering(pool, sceneOf({ 'a.pov': main }, { ...SMALL, animation }));
    assert.deepEqual([...bytesOf(await render({ frame: 1 })).subarray(0, 3)], [0, 1, 11]);
    assert.deepEqual([...bytesOf(await render({ frame: 6 })).subarray(0, 3)], [128, 6, 11]);
    assert.deepEqual([...bytesOf(await render({ frame: 11 })).subarray(0, 3)], [255, 11, 11]);
    assert.match(reasonOf(await render({ frame: 12 })), /no frame 12/);
    const still = rendering(pool, sceneOf({ 'a.pov': coloured('clock', 'first', 'Second_2') }, SMALL));
    const task: Partial<PovrayTask> = {
      clock: '0.2',
      declares: [
        { name: 'first', value: '4e-1' },
        { name: 'Second_2', value: '.6' },
      ],
    };
    assert.deepEqual([...bytesOf(await still.render(task)).subarray(0, 3)], [51, 102, 153]);
    const single = { ...animation, first: 7, last: 7, initialClock: '0.6' };
    const one = rendering(pool, sceneOf({ 'a.pov': coloured('clock') }, { ...SMALL, animation: single }));
    assert.deepEqual([...bytesOf(await one.render({ frame: 7 })).subarray(0, 3)], [153, 0, 0]);
  },
);

test('pixels of 16 bits have 16 bits', POVRAY, async (t) => {
  const pool = await povrayPool(t);
  const { render } = rendering(pool, sceneOf({ 'a.pov': coloured('12345/65535') }, { ...SMALL, bits: 16 }));
  const bytes = bytesOf(await render());
  assert.equal(bytes.length, 6 * 64);
  assert.equal(bytes.readUInt16LE(0), 12345);
});

test('files in folders are found by their paths, and equal ones are kept once', POVRAY, async (t) => {
  const pool = await povrayPool(t);
  const main = `#include "parts/colour.inc"\n#include "parts/deep/colour 2.inc"\n${coloured('Red', 'Red')}`;
  const files = {
    'a.pov': main,
    'parts/colour.inc': '#declare Red = 1;\n',
    'parts/deep/colour 2.inc': '#declare Red = 1;\n',
  };
  const { render } = rendering(pool, sceneOf(files, SMALL));
  assert.deepEqual([...bytesOf(await render()).subarray(0, 3)], [255, 255, 0]);
});

test('a mistake of the scene is final, and POV-Ray says where it is', POVRAY, async (t) => {
  const pool = await povrayPool(t);
  const mistakes: readonly (readonly [string, RegExp])[] = [
    ['sphere { 0, 1\npigment { rgb foo } }\n', /File 'a\.pov' line 2: Parse Error: .*undeclared identifier 'foo'/],
    ['#include "none.inc"\n', /Cannot open include file/],
    ['#error "my own words"\n', /File 'a\.pov' line 1: Parse Error: .*my own words/],
  ];
  for (const [main, words] of mistakes) {
    const outcome = await rendering(pool, sceneOf({ 'a.pov': main }, SMALL)).render();
    assert.match(reasonOf(outcome), words);
    assert.ok(outcome.kind === 'failed' && outcome.final, main);
  }
});

test('limits of time and of memory say so, and are final: other workers would reach them, too', POVRAY, async (t) => {
  const pool = await povrayPool(t);
  const limits = { seconds: 1, memory: 96 << 20 };
  const late = await rendering(pool, sceneOf({ 'a.pov': ENDLESS }, { ...SMALL, limits })).render();
  assert.match(reasonOf(late), /limit of 1 s/);
  const main = '#declare A = array[100000000];\n#declare A[0] = 1;\n';
  const large = await rendering(
    pool,
    sceneOf({ 'a.pov': main }, { ...SMALL, limits: { ...limits, seconds: 20 } }),
  ).render();
  assert.match(reasonOf(large), /limit of 96 MiB/);
  for (const outcome of [late, large]) assert.ok(outcome.kind === 'failed' && outcome.final);
});

test('a cancelled shard ends its process, and its slot goes on', POVRAY, async (t) => {
  for (const unconfined of [false, true]) {
    const pool = await povrayPool(t, 1, unconfined);
    const main = `endless-${process.pid}-${unconfined}.pov`;
    const { job, render } = rendering(pool, sceneOf({ [main]: ENDLESS }, SMALL));
    void render();
    await eventually(() => processesWith(main).length > 0, 'it begins');
    job.cancel(1);
    await eventually(() => processesWith(main).length === 0, 'it ends');
    const next = await rendering(pool, sceneOf({ 'a.pov': SPHERES }, SMALL)).render();
    assert.equal(next.kind, 'done');
  }
});

test('a pool that is closed leaves no process, with the sandbox or without', POVRAY, async (t) => {
  for (const unconfined of [false, true]) {
    const pool = await povrayPool(t, 1, unconfined);
    const main = `closed-${process.pid}-${unconfined}.pov`;
    void rendering(pool, sceneOf({ [main]: ENDLESS }, SMALL)).render();
    await eventually(() => processesWith(main).length > 0, 'it begins');
    // Its threads are terminated.
    await pool.close();
    await eventually(() => processesWith(main).length === 0, 'it ends');
  }
});

test('a worker that is killed leaves no process, whenever that is', POVRAY, async () => {
  const script = new URL('./renders-endless.js', import.meta.url);
  for (let round = 0; round < 12; round++) {
    const main = `killed-${process.pid}-${round}.pov`;
    const child = spawn(process.execPath, [script.pathname, main], { stdio: 'ignore' });
    await eventually(() => processesWith(`+I${main}`).length > 0, 'it begins');
    await setTimeout(7 * round);
    child.kill('SIGKILL');
    await eventually(() => processesWith(main).length === 0, `round ${round} ends`);
  }
});

test('the files of a scene go when no job has it any more, and those that another has stay', POVRAY, async (t) => {
  const installation = await findInstallation(process.env.PATH ?? '', true);
  const scratch = Scratch.open(installation.includes);
  const pool = openPool(1, { kinds: { ...BUILT_IN, povray: povrayKind(installation, scratch) } });
  t.after(() => pool.close());
  const kept = () => readdirSync(join(scratch.path, 'files')).length;
  const scenes = () => readdirSync(scratch.path).filter((name) => name.startsWith('scene-')).length;
  const shared = { 'texture.inc': '#declare Red = 1;\n' };
  const first = rendering(pool, sceneOf({ 'a.pov': coloured('1'), ...shared }, SMALL));
  const second = rendering(pool, sceneOf({ 'b.pov': `#include "texture.inc"\n${coloured('Red')}`, ...shared }, SMALL));
  bytesOf(await first.render());
  bytesOf(await second.render());
  assert.deepEqual([kept(), scenes()], [3, 2]);
  first.job.close();
  await eventually(() => scenes() === 1, 'the folder goes');
  assert.equal(kept(), 2);
  bytesOf(await second.render());
  second.job.close();
  await eventually(() => scenes() === 0, 'the other folder goes');
  assert.equal(kept(), 0);
});

test('a fingerprint is that of every worker with this POV-Ray, and the speed counts rays', POVRAY, async (t) => {
  const [one, other] = [await povrayPool(t), await povrayPool(t, 1, true)];
  const offers = await Promise.all([one.offer(POVRAY_KERNEL), other.offer(POVRAY_KERNEL)]);
  assert.equal(offers[0].fingerprint, offers[1].fingerprint);
  assert.match(offers[0].detail, /^POV-Ray 3\.\S+ in a sandbox$/);
  assert.match(offers[1].detail, /without a sandbox/);
  assert.ok(offers[0].speed > 1_000, `${offers[0].speed} rays a second`);
  const outcome = await rendering(one, sceneOf({ 'a.pov': SPHERES })).render();
  assert.ok(outcome.kind === 'done');
  assert.ok(outcome.iterations >= 8_000, `${outcome.iterations} rays of 8,000 pixels`);
  assert.ok(outcome.setup !== undefined && outcome.setup > 0 && outcome.setup <= outcome.seconds);
});

test('what a killed worker left is removed by the next one', POVRAY, async (t) => {
  const tmp = await folder(t);
  const script = new URL('./leaves-scratch.js', import.meta.url);
  const run = (how: string) =>
    spawnSync(process.execPath, [script.pathname, how], { env: { ...process.env, TMPDIR: tmp } });
  assert.equal(run('killed').signal, 'SIGKILL');
  assert.equal(readdirSync(tmp).length, 1, 'it is left');
  assert.equal(run('ended').status, 0);
  assert.deepEqual(readdirSync(tmp), []);
});
