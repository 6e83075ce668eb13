import assert from 'node:assert/strict';
import { test } from 'node:test';
import { levelFor, tentOf, weightAt } from '../../src/film/filter.js';
import { Gathering } from '../../src/film/gather.js';
import { emptyTexels, halved, putLight, tilesOf } from '../../src/film/texture.js';
import { toLevel, toLinear } from '../../src/render/oklab.js';

const size = { width: 48, height: 27 };

/** Painted noise around the frame. */
function noise(scale: number) {
  const side = 64 * Math.ceil(scale);
  const rect = { x: -side, y: -side, width: 3 * side, height: 3 * side };
  let seed = 1;
  const rgb = Uint8Array.from({ length: 3 * rect.width * rect.height }, () => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return seed >>> 24;
  });
  let tiles = tilesOf([rect]).map(emptyTexels);
  const light = Float32Array.from(rgb, (level) => toLinear(level / 255));
  for (const tile of tiles) putLight(tile, light, rect);
  for (let level = 0; level < levelFor(scale); level++) tiles = tiles.map(halved);
  return { rect, rgb, tiles };
}

function frame(tiles: ReturnType<typeof noise>['tiles'], scale: number, sin: number): Uint8Array {
  const gathering = new Gathering(size);
  for (const tile of tiles) gathering.add(tile, { cos: scale, sin, x: 3.3, y: -2.1, scale });
  return gathering.pixels();
}

test('a pixel is the weighted mean of the samples around it', () => {
  const { rect, rgb, tiles } = noise(1.3);
  const found = frame(tiles, 1.3, 0);
  const tent = tentOf(1.3);
  for (const [x, y] of [
    [0, 0],
    [17, 5],
    [47, 26],
  ] as const) {
    const [u, v] = [24 + 3.3 + 1.3 * (x + 0.5 - 24), 13.5 + 2.1 + 1.3 * (y + 0.5 - 13.5)];
    let [sum, weights] = [0, 0];
    for (let j = Math.floor(v) - 4; j < v + 4; j++) {
      for (let i = Math.floor(u) - 4; i < u + 4; i++) {
        const weight = weightAt((i + 0.5 - u) / 1.3, tent) * weightAt((j + 0.5 - v) / 1.3, tent);
        sum += weight * toLinear((rgb[3 * ((j - rect.y) * rect.width + i - rect.x)] as number) / 255);
        weights += weight;
      }
    }
    const off = Math.abs((found[3 * (y * size.width + x)] as number) - toLevel(sum / weights));
    assert.ok(off <= 1, `(${x}, ${y})`);
  }
});

test('an upright frame, in SIMD, is what it is texel by texel', () => {
  for (const scale of [1, 1.1, 1.7, 2, 2.3, 5]) {
    const { tiles } = noise(scale);
    const turned = frame(tiles, scale, 1e-13);
    const off = frame(tiles, scale, 0).map((level, at) => Math.abs(level - (turned[at] as number)));
    assert.ok(Math.max(...off) <= 1, `scale ${scale}`);
  }
});

test('a frame begins with nothing of the one before it, and a pixel without samples is an error', () => {
  const gathering = new Gathering(size);
  const { tiles } = noise(1);
  for (const tile of tiles) gathering.add(tile, { cos: 1, sin: 0, x: 0, y: 0, scale: 1 });
  gathering.pixels();
  assert.throws(() => gathering.pixels(), /pixel 0 of a frame has no samples/);
});
