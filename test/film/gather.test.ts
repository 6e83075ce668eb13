import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Similarity } from '../../src/film/camera.js';
import { levelFor, tentOf, weightAt } from '../../src/film/filter.js';
import { placeTables } from '../../src/film/finish.js';
import { benchIn, Gathering } from '../../src/film/gather.js';
import { FilmMemory } from '../../src/film/memory.js';
import type { Shown } from '../../src/film/part.js';
import { release } from '../../src/film/texture.js';
import { toLinear } from '../../src/render/oklab.js';
import type { Rect } from '../../src/shard/shard.js';
import { sinCos } from '../../src/view/plane.js';
import { lightOf, type Noise, noise, textured } from './noise.js';

const size = { width: 38, height: 21 };
const DEEP = { bits: 16, dither: false } as const;

const memory = new FilmMemory(1 << 26);
const gathering = new Gathering(size, benchIn(memory, placeTables(memory), size));

interface Layer {
  readonly noise: Noise;
  readonly to: Similarity;
  readonly weight: number;
}

function layer(parts: readonly Rect[], seed: number, { scale, degrees, x, y, weight }: Record<string, number>): Layer {
  const [sin, cos] = sinCos(degrees as number);
  const to = { cos: (scale as number) * cos, sin: (scale as number) * sin, x, y, scale } as Similarity;
  return { noise: noise(parts, seed), to, weight: weight as number };
}

/** `density`: samples along a pixel of the frame, at least, which decides on mip levels. */
function frame(layers: readonly Layer[], density = 1): Uint8Array | Uint16Array {
  const shown: Shown[] = layers.map(({ noise: painted, to, weight }) => {
    return { tiles: textured(memory, painted, levelFor(to.scale, density)), to, weight };
  });
  const pixels = gathering.frame(shown, DEEP);
  for (const { tiles } of shown) release(memory, tiles);
  return pixels;
}

/** A pixel's red by the definition, in doubles, and the sum of the weights of what there is. */
function expected(
  layers: readonly Layer[],
  column: number,
  row: number,
  density = 1,
): { light: number; share: number } {
  let [sum, share] = [0, 0];
  for (const { noise: painted, to, weight } of layers) {
    const { width, height } = size;
    const level = levelFor(to.scale, density);
    const texel = 2 ** level;
    const [right, up] = [column + 0.5 - width / 2, height / 2 - row - 0.5];
    const u = (width / 2 + to.cos * right - to.sin * up + to.x) / texel;
    const v = (height / 2 - to.sin * right - to.cos * up - to.y) / texel;
    const [tent, step] = [tentOf(to.scale), to.scale / texel];
    const reach = Math.ceil((tent + 0.5) * step) + 1;
    for (let y = Math.floor(v) - reach; y <= v + reach; y++) {
      for (let x = Math.floor(u) - reach; x <= u + reach; x++) {
        const factor = (weightAt((x + 0.5 - u) / step, tent) * weightAt((y + 0.5 - v) / step, tent)) / step ** 2;
        if (factor === 0) continue;
        const mean = lightOf(painted, level, x, y);
        sum += weight * factor * mean.red;
        share += weight * factor * mean.share;
      }
    }
  }
  return { light: sum / share, share };
}

/** Everywhere under a frame, however it is turned. */
const everywhere: Rect = { x: -160, y: -160, width: 360, height: 344 };
/** Parts with a hole between them, of which edges lie in the frame. */
const ring: readonly Rect[] = [
  { x: -160, y: -160, width: 320, height: 168 },
  { x: -160, y: 8, width: 176, height: 8 },
  { x: 24, y: 8, width: 136, height: 8 },
  { x: -160, y: 16, width: 320, height: 144 },
];

const cameras = fc.record({
  scale: fc.double({ min: 1, max: 6, noNaN: true }),
  degrees: fc.oneof(fc.constant(0), fc.constant(90), fc.double({ min: -180, max: 180, noNaN: true })),
  x: fc.double({ min: -9, max: 9, noNaN: true }),
  y: fc.double({ min: -9, max: 9, noNaN: true }),
  weight: fc.double({ min: 0.25, max: 1, noNaN: true }),
});

const densities = fc.constantFrom(1, Math.SQRT2, 2, 4);

test('a pixel is the weighted mean of the samples around it, of all keyframes, turned or not', () => {
  fc.assert(
    fc.property(fc.array(cameras, { minLength: 1, maxLength: 2 }), densities, (more, density) => {
      const base = { scale: 1.3, degrees: 0, x: 0.3, y: -0.1, weight: 0.3 };
      const layers = [layer([everywhere], 1, base), ...more.map((camera, k) => layer(ring, 2 + k, camera))];
      const found = frame(layers, density);
      for (let row = 0; row < size.height; row += 4) {
        for (let column = 0; column < size.width; column += 5) {
          const { light } = expected(layers, column, row, density);
          const off = Math.abs(toLinear((found[3 * (row * size.width + column)] as number) / 65535) - light);
          // Turned windows begin at one of 128 places between two texels.
          assert.ok(off < 0.006, `(${column}, ${row}) is ${off} off`);
        }
      }
    }),
    { numRuns: 25 },
  );
});

test('an upright pixel is as exact as 16 bits allow', () => {
  for (const [scale, density] of [
    [1, 1],
    [1.9, 1],
    [2.3, 1],
    [5, 1],
    [3.99, 4],
    [7.9, 2.83],
  ] as const) {
    const layers = [layer([everywhere], 1, { scale, degrees: 0, x: 3.3, y: -2.1, weight: 1 })];
    const found = frame(layers, density);
    for (let column = 0; column < size.width; column++) {
      const { light } = expected(layers, column, 7, density);
      const off = Math.abs(toLinear((found[3 * (7 * size.width + column)] as number) / 65535) - light);
      assert.ok(off < 1e-4, `scale ${scale}: ${off} off`);
    }
  }
});

test('a frame changes gradually with its zoom and its rotation, also where it begins to turn', () => {
  const at = (scale: number, degrees: number) =>
    frame([layer([everywhere], 1, { scale, degrees, x: 0.7, y: 0.2, weight: 1 })]);
  const most = (a: Uint8Array | Uint16Array, b: Uint8Array | Uint16Array) => {
    let found = 0;
    for (let i = 0; i < a.length; i++) found = Math.max(found, Math.abs((a[i] as number) - (b[i] as number)));
    return found / 65535;
  };
  for (const scale of [1, 1.5, 1.999999, 3.2]) {
    assert.ok(most(at(scale, 0), at(scale * (1 + 1e-7), 0)) < 0.002, `scale ${scale}`);
    assert.ok(most(at(scale, 0), at(scale, 1e-7)) < 0.01, `turned at scale ${scale}`);
  }
});

test('no texel is wider than the coarsest samples of a frame, but none need be narrower than a quarter of a pixel', () => {
  fc.assert(
    fc.property(fc.double({ min: 1, max: 64, noNaN: true }), fc.double({ min: 1, max: 64, noNaN: true }), (a, b) => {
      const [density, scale] = [Math.min(a, b), Math.max(a, b)];
      const texels = scale / 2 ** levelFor(scale, density);
      assert.ok(texels >= Math.min(density, 2) - 1e-6 && texels < 4, `${texels} along a pixel`);
    }),
  );
});

test('a frame begins with nothing of the one before it, and a pixel without samples is an error', () => {
  const one = [layer([everywhere], 1, { scale: 1, degrees: 0, x: 0, y: 0, weight: 1 })];
  assert.deepEqual(frame(one), frame(one));
  assert.throws(() => gathering.frame([], DEEP), /pixel 0 of a frame has no samples/);
  assert.deepEqual(frame(one), frame(one));
});
