/** Damage in a store never changes a picture: 1,000 damages, the same every time. */

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { Rect } from '../../src/shard/shard.js';
import { Archive } from '../../src/store/archive.js';
import { digestOf } from '../../src/store/digest.js';
import { openOnDisk } from '../../src/store/disk.js';
import { keepOrbit, recallOrbit } from '../../src/store/orbits.js';
import { folder, fractal } from '../e2e/processes.js';
import { dice } from './dice.js';

const BOUNDED = { timeout: 280_000 };
const TINY = ['--width', '24', '--height', '16', '--iters', '4000', '--block-size', '8', '--local', '1', '-q'];
const DIGITS = '18'.repeat(1000);
/** Its reference orbit takes so long that it is kept. */
const DEEP = ['-x', `-1.7490${DIGITS}`, '-y', '1e-2000', '--zoom', '1e2000'];
/** A still, a film, kept samples, perturbed samples with a reference orbit. */
const JOBS: readonly (readonly [name: string, words: readonly string[]])[] = [
  ['still.png', ['-x', '-0.75', '-y', '0.1', '--zoom', '5']],
  ['f-%05d.png', ['-x', '-0.75', '-y', '0.1', '--zoom', '5', '--zoom-end', '50', '--frames', '3']],
  ['samples.npy', ['-x', '-0.75', '-y', '0.1', '--zoom', '7', '--samples', '2']],
  ['kept.png', ['-x', '-0.75', '-y', '0.1', '--zoom', '9', '--keep-samples']],
  ['deep.npy', DEEP],
];

/** Renders all jobs with this store; their bytes, by file. */
async function renderAll(t: TestContext, store: string): Promise<Record<string, string>> {
  const path = folder(t);
  for (const [name, words] of JOBS) {
    const { code, stderr } = await fractal(t, ['leader', ...TINY, ...words, '--store', store, '-o', name], path);
    assert.equal(code, 0, stderr);
  }
  const hash = (name: string) =>
    createHash('sha256')
      .update(readFileSync(join(path, name)))
      .digest('hex');
  return Object.fromEntries(
    readdirSync(path)
      .sort()
      .map((name) => [name, hash(name)]),
  );
}

/** Flips bits, cuts short, repeats a part, overwrites with noise, or exchanges two files. What it did, for a message. */
function damage(store: string, roll: () => number): string {
  const names = readdirSync(store).sort();
  const below = (n: number) => Math.floor(roll() * n);
  const name = names[below(names.length)] as string;
  const file = join(store, name);
  const bytes = readFileSync(file);
  const at = below(bytes.length);
  const act = below(8);
  if (act < 4) {
    for (let k = 0; k <= act; k++) {
      const bit = below(8 * bytes.length);
      bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    }
    writeFileSync(file, bytes);
    return `${act + 1} bits of ${name}`;
  }
  if (act === 4) {
    truncateSync(file, at);
    return `${name} ends at ${at}`;
  }
  if (act === 5) {
    const from = below(at + 1);
    writeFileSync(file, Buffer.concat([bytes.subarray(0, at), bytes.subarray(from)]));
    return `${name} goes on from ${from} at ${at}`;
  }
  if (act === 6) {
    for (let k = at; k < Math.min(bytes.length, at + 64); k++) bytes[k] = below(256);
    writeFileSync(file, bytes);
    return `noise in ${name} at ${at}`;
  }
  const other = names[below(names.length)] as string;
  copyFileSync(join(store, other), file);
  writeFileSync(join(store, other), bytes);
  return `${name} and ${other} are exchanged`;
}

test('the program renders the same bytes from a store in which every file is damaged', BOUNDED, async (t) => {
  const good = join(folder(t), 'good');
  mkdirSync(good);
  const expected = await renderAll(t, good);
  assert.ok(readdirSync(good).length >= 7, 'frames, samples, and an orbit are there');
  const roll = dice(1);
  for (let time = 0; time < 6; time++) {
    const store = join(folder(t), 'bad');
    cpSync(good, store, { recursive: true });
    const done = Array.from({ length: 20 }, () => damage(store, roll));
    assert.deepEqual(await renderAll(t, store), expected, done.join('; '));
    assert.deepEqual(await renderAll(t, store), expected, `again after ${done.join('; ')}`);
  }
});

const SIZE = { width: 64, height: 8, bytesPerPixel: 3 };
const RECTS: readonly Rect[] = [0, 2, 4, 6].map((y) => ({ x: 0, y, width: 64, height: 2 }));
/** Two rectangles of smooth bytes, which are encoded, and two of noise. */
function bytesOf(frame: number, { y, height }: Rect): Uint8Array {
  const noise = dice(y + frame);
  return Uint8Array.from({ length: 64 * height * 3 }, (_, k) =>
    y < 4 ? (k * 7 + y * 31 + frame * 101) & 255 : 256 * noise(),
  );
}

test(
  'of 1,000 damages of frames, half frames and orbits none puts a wrong byte into a frame or an orbit',
  BOUNDED,
  async (t) => {
    const path = folder(t);
    const [good, bad] = [join(path, 'good'), join(path, 'bad')];
    const open = async (at: string) => {
      const store = await openOnDisk({ folder: at, size: 1 << 26, warn: assert.fail });
      return { store, archive: new Archive(store, { sizeOf: () => SIZE, keyOf: (frame) => digestOf({ frame }) }) };
    };
    const orbit = {
      orbit: Float64Array.from({ length: 64 }, (_, k) => 1 / (k + 1)),
      underflow: new Float64Array(10),
      start: 3,
      period: 7,
    };
    const first = await open(good);
    for (let frame = 0; frame < 3; frame++) {
      // The last one is under way.
      for (const rect of frame < 2 ? RECTS : RECTS.slice(1, 3)) {
        first.archive.keep(frame, { rect, bytes: bytesOf(frame, rect), uncertain: 0 });
      }
      if (frame < 2) first.archive.complete(frame);
    }
    keepOrbit(first.store, digestOf('orbit'), orbit);
    first.archive.suspend();
    await first.store.written();
    const roll = dice(2);
    let lost = 0;
    for (let time = 0; time < 1_000; time++) {
      rmSync(bad, { recursive: true, force: true });
      cpSync(good, bad, { recursive: true });
      const what = damage(bad, roll);
      const { store, archive } = await open(bad);
      for (let frame = 0; frame < 3; frame++) {
        const missing = await archive.recall(frame, ({ rect, bytes }) => {
          assert.deepEqual(Uint8Array.from(bytes), bytesOf(frame, rect), `frame ${frame}: ${what}`);
        });
        if (frame < 2 && missing.length > 0) lost++;
      }
      const found = await recallOrbit(store, digestOf('orbit'));
      if (found) assert.deepEqual(found, orbit, what);
      else lost++;
    }
    assert.ok(lost > 300, `only ${lost} damages were noticed`);
  },
);
