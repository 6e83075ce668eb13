/** What of a segment and of its frames is refused before it is kept or assembled. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MAX_SIDE } from '../../../src/view/bounds.js';
import { startFilm } from '../../../src/work/film/compute.js';
import { prepare } from '../../../src/work/film/prepare.js';
import type { FilmScene, FilmTask } from '../../../src/work/film/scene.js';
import { MOST_SHOWN, validateScene, validateTask } from '../../../src/work/film/validate.js';

const TILE = [0, -16, -16, 64, 64, 0];
const scene: FilmScene = {
  ...{ kind: 'film', size: { width: 32, height: 32 }, levels: { bits: 8, dither: true }, most: 1 },
  ...{ tiles: Int32Array.from(TILE), texels: new Uint8Array(8 * 64 * 64) },
};
const SHOWN = [0, 1, 0, 0, 0, 1, 1];
const task: FilmTask = {
  ...{ kind: 'film', rect: { x: 0, y: 0, width: 32, height: 32 }, shown: Float64Array.from(SHOWN) },
};

/** With one number in the place of another. */
function changed(numbers: readonly number[], at: number, value: number): number[] {
  return numbers.map((number, k) => (k === at ? value : number));
}

test('a segment with a size, levels, tiles or texels that none has is refused', () => {
  validateScene(scene);
  const tiles = (...numbers: number[]) => ({ tiles: Int32Array.from(numbers) });
  for (const wrong of [
    { size: { width: 0, height: 32 } },
    { size: { width: 32, height: MAX_SIDE + 1 } },
    { size: { width: 2 ** 14, height: 2 ** 14 } },
    { levels: { bits: 16, dither: true } as const },
    { levels: { bits: 10 as 8, dither: false } },
    { most: 0 },
    { most: MOST_SHOWN + 1 },
    tiles(...TILE, 1),
    tiles(...changed(TILE, 0, -1)),
    tiles(...changed(TILE, 1, 2 ** 23)),
    tiles(...changed(TILE, 2, -15)),
    tiles(...changed(TILE, 3, 0)),
    tiles(...changed(TILE, 3, 129)),
    tiles(...changed(TILE, 4, 63)),
    tiles(...changed(TILE, 4, -2)),
    tiles(...changed(TILE, 5, 25)),
    tiles(...changed(TILE, 0, 2 ** 18)),
    tiles(...changed(TILE, 0, 2), ...TILE),
    { texels: new Uint8Array(8 * 64 * 64 - 8) },
  ]) {
    assert.throws(() => validateScene({ ...scene, ...wrong }), { code: 'PROTOCOL' }, JSON.stringify(wrong));
  }
});

test('a frame with a rectangle or numbers that none has is refused', () => {
  validateTask(task, 3);
  for (const [at, value] of [
    [0, -1],
    [0, 0.5],
    [0, NaN],
    [1, 2],
    [1, NaN],
    [2, Infinity],
    [3, 1e300],
    [4, NaN],
    [5, 0],
    [5, -1],
    [5, Infinity],
    [6, 2],
    [6, NaN],
  ] as const) {
    const wrong = { ...task, shown: Float64Array.from(changed(SHOWN, at, value)) };
    assert.throws(() => validateTask(wrong, 3), { code: 'PROTOCOL', message: /shard 3/ }, `${at}: ${value}`);
  }
  for (const wrong of [
    { shown: new Float64Array(8) },
    { shown: new Float64Array(7 * (MOST_SHOWN + 1)).fill(1) },
    { rect: { x: 0, y: 0, width: 0, height: 3 } },
    { rect: { x: -1, y: 0, width: 3, height: 3 } },
    { rect: { x: MAX_SIDE, y: 0, width: 3, height: 3 } },
    { rect: { x: 0, y: 0, width: 2 ** 14, height: 2 ** 14 } },
  ]) {
    assert.throws(() => validateTask({ ...task, ...wrong }, 3), { code: 'PROTOCOL' }, JSON.stringify(wrong));
  }
});

test('a frame that is not of its segment fails, and no table is made for it', async () => {
  const prepared = prepare(scene, 1, 1);
  for (const steps = prepared.load(); steps.next().done !== true; );
  const thread = startFilm(undefined, 0).useScene(prepared.forThreads(), new Map());
  const compute = (wrong: Partial<FilmTask>) => thread.compute('film', { ...task, ...wrong }, () => false);
  assert.equal((await compute({}))?.bytes.length, 3 * 32 * 32);
  await assert.rejects(compute({ rect: { x: 1, y: 0, width: 32, height: 32 } }), /not within its frame/);
  for (const scale of [2 ** 40, 5, 2 ** -30]) {
    await assert.rejects(compute({ shown: Float64Array.of(0, scale, 0, 0, 0, scale, 1) }), /texels is shown/);
  }
  await assert.rejects(compute({ shown: Float64Array.of(7, 1, 0, 0, 0, 1, 1) }), /no samples/);
  // The bench is free again.
  assert.equal((await compute({}))?.bytes.length, 3 * 32 * 32);
});
