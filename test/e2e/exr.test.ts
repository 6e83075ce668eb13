/** `-o x.exr`: the samples that other programs of the field read, the same bytes however they are computed. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { View } from '../../src/view/view.js';
import { exactSample } from '../exact.js';
import { readExr } from '../render/exr-reader.js';
import { folder, fractal } from './processes.js';

const [WIDTH, HEIGHT] = [48, 28];
const SIZE = ['--width', `${WIDTH}`, '--height', `${HEIGHT}`];
const DEEP = {
  re: '-0.745490128963257226781009173916482',
  im: '0.1129807746931181850700253865555',
  zoom: '2e20',
  iterations: 8052,
};
const PLACE = ['-x', DEEP.re, '-y', DEEP.im, '--zoom', DEEP.zoom, '--iters', `${DEEP.iterations}`, ...SIZE];

async function made(t: TestContext, words: readonly string[], name = 'x.exr') {
  const path = join(folder(t), name);
  const { code, stderr } = await fractal(t, [...words, '-o', path]);
  assert.equal(code, 0, stderr);
  return { bytes: readFileSync(path), stderr };
}

test('N, NF and T are those of exact integers, and the same bytes for any shards, workers and store', async (t) => {
  const store = ['--store', folder(t)];
  const { bytes } = await made(t, ['leader', '--local', '1', '--shard', 'row', ...PLACE, '--no-store']);
  const tiles = ['--shard', 'tile', '--block-size', '9', ...store, '--keep-samples'];
  const { bytes: other } = await made(t, ['leader', '--local', '2', ...PLACE, ...tiles]);
  assert.ok(other.equals(bytes), 'tiles on two threads');
  assert.ok((await made(t, ['recolor', ...PLACE, ...store])).bytes.equals(bytes), 'recalled');

  const { channels } = readExr(bytes);
  assert.deepEqual([...channels.keys()], ['B', 'DEX', 'DEY', 'G', 'N', 'NF', 'R', 'T']);
  const view: View = {
    ...{ ...DEEP, formula: { step: 'holomorphic', power: 2 }, rotation: 0, width: WIDTH, height: HEIGHT },
    ...{ bailout: 65536, count: 'smooth', sampling: { kind: 'grid', side: 1 } },
  };
  const of = (name: string, i: number) => channels.get(name)?.values[i] as number;
  let compared = 0;
  for (let i = 0; i < WIDTH * HEIGHT; i += 67) {
    const { nu, phase } = exactSample(view, i % WIDTH, Math.floor(i / WIDTH));
    if (nu === Infinity) {
      assert.deepEqual([of('N', i), of('NF', i), of('T', i), of('DEX', i), of('DEY', i)], [0xffffffff, 0, 0, 0, 0]);
      continue;
    }
    // A bailout of 65536 is log2(16) = 4 octaves of potential.
    assert.ok(Math.abs(of('N', i) + of('NF', i) - 1024 - 5 - nu) < 0.01, `pixel ${i}`);
    const off = Math.abs(of('T', i) - phase);
    assert.ok(Math.min(off, 1 - off) < 1e-3, `pixel ${i}: ${of('T', i)} is not ${phase}`);
    compared++;
  }
  assert.ok(compared > 15, `${compared} escaped`);
});

test('DEX and DEY point away from the set, to the right and upwards, and grow away from it', async (t) => {
  for (const flip of [[], ['--flip']]) {
    // The unit disc, turned: its picture is the same whichever way is up; a Julia set off the centre is not.
    const disc = ['--julia-re', '0', '--julia-im', '0', '-x', '0', '-y', '0', '--rotate', '40', '--zoom', '1.2'];
    const { bytes } = await made(t, ['leader', '--local', '1', ...disc, ...SIZE, ...flip, '--no-store']);
    const { channels } = readExr(bytes);
    const of = (name: string, i: number) => channels.get(name)?.values[i] as number;
    let outside = 0;
    for (let i = 0; i < WIDTH * HEIGHT; i++) {
      if (of('N', i) === 0xffffffff) continue;
      // Rows go downwards in the file.
      const [right, up] = [(i % WIDTH) + 0.5 - WIDTH / 2, HEIGHT / 2 - (Math.floor(i / WIDTH) + 0.5)];
      const [x, y] = [of('DEX', i), of('DEY', i)];
      const away = (x * right + y * up) / (Math.hypot(x, y) * Math.hypot(right, up));
      assert.ok(away > 0.9999, `pixel ${i}: ${x}, ${y}`);
      outside++;
    }
    assert.ok(outside > 100);

    const set = ['-x', '-0.6', '-y', '0.9', '--zoom', '6', '--rotate', '15', '--iters', '200'];
    const { channels: own } = readExr((await made(t, ['leader', '--local', '1', ...set, ...SIZE, ...flip])).bytes);
    const at = (name: string, x: number, y: number) => own.get(name)?.values[y * WIDTH + x] as number;
    let compared = 0;
    for (let y = 1; y < HEIGHT - 1; y++) {
      for (let x = 1; x < WIDTH - 1; x++) {
        const around = [at('N', x - 1, y), at('N', x + 1, y), at('N', x, y - 1), at('N', x, y + 1), at('N', x, y)];
        const [dx, dy] = [at('DEX', x, y), at('DEY', x, y)];
        if (around.includes(0xffffffff) || Math.hypot(dx, dy) < 10) continue;
        const smooth = (px: number, py: number) => at('N', px, py) + at('NF', px, py);
        const [right, down] = [smooth(x + 1, y) - smooth(x - 1, y), smooth(x, y + 1) - smooth(x, y - 1)];
        const against = (dx * right - dy * down) / (Math.hypot(dx, dy) * Math.hypot(right, down));
        assert.ok(against < -0.99, `(${x}, ${y}): ${against}`);
        compared++;
      }
    }
    assert.ok(compared > 100, `${compared}`);
  }
});

test('samples that were kept for shading have no phase: the file lacks T, and a line says so', async (t) => {
  const store = ['--store', folder(t)];
  await made(t, ['leader', '--local', '1', ...PLACE, ...store, '--keep-samples', '--slope'], 'x.png');
  const { bytes, stderr } = await made(t, ['recolor', ...PLACE, ...store]);
  assert.match(stderr, /kept without their phases: the .exr has no T/);
  assert.deepEqual([...readExr(bytes).channels.keys()], ['B', 'DEX', 'DEY', 'G', 'N', 'NF', 'R']);
  await made(t, ['leader', '--local', '1', ...PLACE, ...store, '--keep-samples']);
  const look = ['--slope', '--palette', 'Hippi', '--samples', '1'];
  const shaded = await made(t, ['recolor', ...PLACE, ...store, ...look], 'x.png');
  const anew = await made(t, ['leader', '--local', '1', ...PLACE, ...look, '--no-store'], 'x.png');
  assert.ok(shaded.bytes.equals(anew.bytes));
});
