import assert from 'node:assert/strict';
import { test } from 'node:test';
import { finishedBytes, openFinish, placeTables, rowOf } from '../../src/film/finish.js';
import { FilmMemory } from '../../src/film/memory.js';
import { type Levels, levelTables, quantise } from '../../src/render/quantise.js';
import { planesOf } from '../../src/render/yuv.js';

const memory = new FilmMemory(1 << 26);
const finish = openFinish(memory.film, placeTables(memory));

/** Sums whose quotients are this light, of an even number of rows from y on; their planes, without what follows a row. */
function finishedPlanes(light: Float32Array, width: number, y: number, dither: boolean) {
  const { at, to, rows, columns, sums } = summed(light, width);
  finish({ sums: at, width, rows, y }, { bits: 8, dither, planes: true }, to);
  const all = new Uint8Array(memory.memory.buffer, to, 1.5 * columns * rows);
  const luma = all.subarray(0, columns * rows).filter((_, i) => i % columns < width);
  const colours = all.subarray(columns * rows).filter((_, i) => i % (columns / 2) < width / 2);
  return { planes: Uint8Array.from([...luma, ...colours]), cleared: sums.every((sum) => sum === 0) };
}

function summed(light: Float32Array, width: number) {
  const rows = light.length / (3 * width);
  const columns = rowOf(width);
  const at = memory.take(16 * columns * rows);
  const to = memory.take(finishedBytes(width, rows));
  const sums = new Float32Array(memory.memory.buffer, at, 4 * columns * rows);
  for (let i = 0; i < width * rows; i++) {
    const sum = 4 * (columns * Math.floor(i / width) + (i % width));
    const share = 2 ** (i % 5);
    for (let c = 0; c < 3; c++) sums[sum + c] = share * (light[3 * i + c] as number);
    sums[sum + 3] = share;
  }
  return { at, to, rows, columns, sums };
}

/** Sums whose quotients are this light, of rows from y on; finished. */
function finished(light: Float32Array, width: number, y: number, levels: Levels) {
  const { at, to, rows, columns, sums } = summed(light, width);
  const without = finish({ sums: at, width, rows, y }, levels, to);
  const length = 3 * columns * rows;
  const all =
    levels.bits === 16
      ? new Uint16Array(memory.memory.buffer, to, length)
      : new Uint8Array(memory.memory.buffer, to, length);
  const pixels = all.filter((_, i) => i % (3 * columns) < 3 * width);
  return { pixels, without, cleared: sums.every((sum) => sum === 0) };
}

const kinds: readonly Levels[] = [
  { bits: 8, dither: false },
  { bits: 8, dither: true },
  { bits: 16, dither: false },
];

/** Just at, below and above each threshold, and much between. */
function everyLevel(): Float32Array {
  const { thresholds } = levelTables();
  const found: number[] = [];
  for (const threshold of thresholds) {
    if (threshold > 1) continue;
    const near = Math.fround(threshold);
    for (const factor of [1 - 2 ** -23, 1 - 2 ** -24, 1, 1 + 2 ** -23, 1 + 2 ** -22]) found.push(near * factor);
  }
  for (let i = 0; i <= 100_000; i++) found.push(i / 100_000, (i / 100_000) ** 4);
  found.push(1.0001, 2, 1e-30, 0);
  const width = 997;
  while (found.length % (3 * width) > 0) found.push(0.5);
  return Float32Array.from(found);
}

test('finished pixels are those of quantise, at every threshold', () => {
  const light = everyLevel();
  for (const levels of kinds) {
    for (const y of [0, 5]) {
      const { pixels, without, cleared } = finished(light, 997, y, levels);
      const expected = quantise(light, levels, { x: 0, y, width: 997 });
      const off = pixels.findIndex((level, i) => level !== expected[i]);
      const what = `${JSON.stringify(levels)}: light ${light[off]} is ${pixels[off]}, not ${expected[off]}`;
      assert.equal(off, -1, what);
      assert.equal(without, -1);
      assert.ok(cleared);
    }
  }
});

test('finished planes are those of the finished pixels', async () => {
  const light = everyLevel();
  const width = 998;
  const pixels = 2 * width * Math.floor(light.length / (6 * width));
  for (const width of [998, 2, 4, 6]) {
    const some = width === 998 ? light.subarray(0, 3 * pixels) : light.subarray(30_000, 30_000 + 12 * width);
    const size = { width, height: some.length / (3 * width) };
    for (const dither of [false, true]) {
      const rgb = quantise(some, { bits: 8, dither }, { x: 0, y: 6, width }) as Uint8Array;
      const { planes, cleared } = finishedPlanes(some, width, 6, dither);
      assert.deepEqual(planes, (await planesOf(rgb, size)).yuv);
      assert.ok(cleared);
    }
  }
});

test('the first pixel without samples is found, in rows of any length', () => {
  for (const width of [1, 4, 5, 6, 7]) {
    const light = new Float32Array(3 * width * 3).fill(0.25);
    for (const levels of kinds) {
      for (const empty of [0, width - 1, width, 3 * width - 1]) {
        const rows = 3;
        const at = memory.take(16 * rowOf(width) * rows);
        const to = memory.take(finishedBytes(width, rows));
        const sums = new Float32Array(memory.memory.buffer, at, 4 * rowOf(width) * rows).fill(1);
        const hole = 4 * (rowOf(width) * Math.floor(empty / width) + (empty % width));
        sums.fill(0, hole, hole + 4);
        assert.equal(finish({ sums: at, width, rows, y: 0 }, levels, to), empty, `${empty} of ${width} a row`);
      }
      assert.equal(finished(light, width, 0, levels).without, -1);
    }
  }
});
