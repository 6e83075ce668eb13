/** Frames of a segment that travels have the bytes of those that the leader's own threads assemble. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { levelFor } from '../../../src/film/filter.js';
import { placeTables } from '../../../src/film/finish.js';
import { benchIn, Gathering } from '../../../src/film/gather.js';
import { FilmMemory } from '../../../src/film/memory.js';
import type { Shown } from '../../../src/film/part.js';
import { SegmentWriter } from '../../../src/film/segment.js';
import { release } from '../../../src/film/texture.js';
import type { Levels } from '../../../src/render/quantise.js';
import type { Rect } from '../../../src/shard/shard.js';
import { sinCos } from '../../../src/view/plane.js';
import { startFilm } from '../../../src/work/film/compute.js';
import { film } from '../../../src/work/film/kind.js';
import { prepare } from '../../../src/work/film/prepare.js';
import type { FilmScene } from '../../../src/work/film/scene.js';
import { noise, textured } from '../../film/noise.js';

const size = { width: 46, height: 27 };
const WHOLE = { x: 0, y: 0, ...size };
const memory = new FilmMemory(1 << 26);
const gathering = new Gathering(size, benchIn(memory, placeTables(memory), size));
const running = () => false;

interface Layer {
  readonly parts: readonly Rect[];
  readonly seed: number;
  readonly degrees: number;
  readonly scale: number;
  readonly x: number;
  readonly y: number;
  readonly weight: number;
}

/** Of several frames: what they show of the same keyframes, from one to the next a little farther on. */
function framesOf(layers: readonly Layer[], count: number): Shown[][] {
  const tiles = layers.map(({ parts, seed, scale }) => textured(memory, noise(parts, seed), levelFor(scale, 1)));
  return Array.from({ length: count }, (_, frame) =>
    layers.map(({ degrees, scale, x, y, weight }, k) => {
      const [sin, cos] = sinCos(degrees === 0 ? 0 : degrees + frame);
      const to = { cos: scale * cos, sin: scale * sin, x: x + 3 * frame, y: y - frame, scale };
      return { tiles: tiles[k] ?? [], to, weight };
    }),
  );
}

function segmentOf(frames: readonly (readonly Shown[])[], levels: Levels) {
  const writer = new SegmentWriter(memory, size, levels);
  const tasks = frames.map((shown) => writer.add(shown));
  return { scene: { kind: 'film', ...writer.finish() } as FilmScene, tasks };
}

/** As a worker does, in this thread. */
async function answered(scene: FilmScene, shown: Float64Array, rect: Rect = WHOLE): Promise<Uint8Array> {
  film.validateScene(scene);
  film.validateTask({ kind: 'film', rect, shown }, 0);
  const prepared = prepare(scene, 2, 3);
  for (const steps = prepared.load(); steps.next().done !== true; );
  const thread = startFilm(undefined, 2).useScene(prepared.forThreads(), new Map());
  const computed = await thread.compute('film', { kind: 'film', rect, shown }, running);
  return computed?.bytes as Uint8Array;
}

/** Around the frame, with a hole, and a part far from it. */
const parts = [
  { x: -48, y: -64, width: 160, height: 80 },
  { x: -48, y: 16, width: 32, height: 80 },
  { x: 400, y: 16, width: 48, height: 48 },
];
const layers = fc.array(
  fc.record({
    parts: fc.constant(parts),
    seed: fc.nat(9),
    degrees: fc.constantFrom(0, 0, 30, -71),
    scale: fc.double({ min: 1, max: 5, noNaN: true }),
    x: fc.double({ min: -20, max: 20, noNaN: true }),
    y: fc.double({ min: -20, max: 20, noNaN: true }),
    weight: fc.double({ min: 0.1, max: 1, noNaN: true }),
  }),
  { minLength: 1, maxLength: 3 },
);
/** What covers all that is not covered. */
const ground: Layer = {
  ...{ parts: [{ x: -160, y: -160, width: 400, height: 400 }], seed: 5, degrees: 0, scale: 1, x: 0, y: 0, weight: 0.5 },
};
const levels: fc.Arbitrary<Levels> = fc.constantFrom(
  { bits: 8, dither: true },
  { bits: 8, dither: false },
  { bits: 16, dither: false },
);

test('a frame has the same bytes from a segment, whole or in parts', async () => {
  const rect = fc.record({ x: fc.nat(20), y: fc.nat(9), width: fc.nat(20), height: fc.nat(9) });
  await fc.assert(
    fc.asyncProperty(layers, levels, rect, async (some, how, { x, y, width, height }) => {
      const frames = framesOf([...some, ground], 2);
      const { scene, tasks } = segmentOf(frames, how);
      const part = { x, y, width: width + 1, height: height + 1 };
      for (const [k, shown] of frames.entries()) {
        const pixels = gathering.frame(shown, how);
        const bytes = new Uint8Array(pixels.buffer);
        assert.deepEqual(await answered(scene, tasks[k] as Float64Array), bytes);
        const each = 3 * pixels.BYTES_PER_ELEMENT;
        const rows = Array.from({ length: part.height }, (_, row) => {
          const from = each * ((part.y + row) * size.width + part.x);
          return [...bytes.subarray(from, from + each * part.width)];
        });
        assert.deepEqual([...(await answered(scene, tasks[k] as Float64Array, part))], rows.flat());
      }
      for (const tiles of new Set(frames.flat().map((one) => one.tiles))) release(memory, tiles);
    }),
    { numRuns: 12 },
  );
});

test('texels travel once, and those out of sight do not', () => {
  const frames = framesOf([{ ...ground, parts }, ground], 20);
  const one = segmentOf(frames.slice(0, 1), { bits: 8, dither: true });
  const all = segmentOf(frames, { bits: 8, dither: true });
  const [first] = frames as [Shown[]];
  const bytes = first.flatMap(({ tiles }) => tiles).reduce((sum, tile) => sum + 8 * tile.width * tile.height, 0);
  assert.ok(all.scene.texels.length < bytes, `${all.scene.texels.length} of ${bytes}`);
  assert.ok(all.scene.texels.length < 3 * one.scene.texels.length);
  for (const tiles of new Set(frames.flat().map((shown) => shown.tiles))) release(memory, tiles);
});

test('a shard that is stopped while another thread has the bench is left unfinished', async () => {
  const [shown] = framesOf([ground], 1) as [Shown[]];
  const { scene, tasks } = segmentOf([shown], { bits: 8, dither: true });
  const prepared = prepare(scene, 1, 1);
  for (const steps = prepared.load(); steps.next().done !== true; );
  const shared = prepared.forThreads() as { claims: Int32Array };
  Atomics.store(shared.claims, 0, 9);
  let looks = 0;
  const task = { kind: 'film', rect: WHOLE, shown: tasks[0] as Float64Array } as const;
  const thread = startFilm(undefined, 0).useScene(shared, new Map());
  assert.equal(await thread.compute('film', task, () => ++looks > 2), undefined);
  // The thread that takes the slot of one that died has its bench.
  const successor = startFilm(undefined, 8).useScene(shared, new Map());
  assert.deepEqual((await successor.compute('film', task, running))?.bytes, gathering.frame(shown, scene.levels));
  assert.equal(Atomics.load(shared.claims, 0), 0);
});
