import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Camera, depthOf } from '../../src/film/camera.js';
import { coverOf } from '../../src/film/cover.js';
import { orderOf } from '../../src/film/showing.js';
import { toLevel, toLinear } from '../../src/render/oklab.js';
import { blocks } from '../../src/shard/block.js';
import type { Rect } from '../../src/shard/shard.js';
import { fromLog10 } from '../../src/view/decimal.js';
import { DEEP, listedPath, SHALLOW, zoomPath } from './paths.js';
import { assembledBytes, PAINT, paintedBy, psnr, type Scene, studio } from './rendering.js';

const size = { width: 160, height: 90, samples: 1 };
const octaves = 3;

const shallow: Scene = {
  path: zoomPath({ ...SHALLOW, zoom: '250' }, { ...SHALLOW, zoom: '2000' }, 20 * octaves + 1),
  ...{ size, iterations: 3000, perturbed: false, paint: PAINT },
};
const deep: Scene = {
  path: zoomPath({ ...DEEP, zoom: '12.5e12' }, { ...DEEP, zoom: '1e14' }, 20 * octaves + 1),
  ...{ size, iterations: 4036, perturbed: true, paint: PAINT },
};

for (const [name, scene] of Object.entries({ shallow, deep })) {
  test(`a frame at a keyframe's own zoom has exactly the still's samples in its ring: ${name}`, async () => {
    const { viewOf, samples } = studio(scene);
    const { keyframes } = coverOf(scene.path, size);
    let rings = 0;
    for (let frame = 0; frame < scene.path.frames; frame += 5) {
      const view = viewOf(scene.path.at(frame));
      const keyframe = keyframes.find(({ camera }) => camera.zoom === view.zoom);
      if (!keyframe) continue;
      rings++;
      const still = await samples(view, { x: 0, y: 0, width: size.width, height: size.height });
      for (const part of keyframe.parts) {
        const computed = await samples(viewOf(keyframe.camera), part);
        for (let y = Math.max(0, part.y); y < Math.min(size.height, part.y + part.height); y++) {
          for (let x = Math.max(0, part.x); x < Math.min(size.width, part.x + part.width); x++) {
            const found = computed[(y - part.y) * part.width + x - part.x];
            assert.equal(found, still[y * size.width + x], `frame ${frame} at (${x}, ${y})`);
          }
        }
      }
    }
    assert.equal(rings, 4 * octaves + 1);
  });
}

test('what is of one colour stays so: no seam, no edge, no change of brightness', async () => {
  const turning = listedPath(
    Array.from({ length: 12 }, (_, k): Camera => {
      return { ...DEEP, zoom: fromLog10(20 + (k * Math.log10(2)) / 5), rotation: k < 6 ? 0 : 7 * (k - 5) };
    }),
  );
  const cover = coverOf(turning, size);
  const order = orderOf(cover, turning, size);
  async function* grey() {
    for (const { parts } of order.keyframes) {
      yield parts.map((rect) => ({ rect, values: new Float64Array(rect.width * rect.height) }));
    }
  }
  const painting = paintedBy({ ...PAINT, linear: PAINT.linear.map(() => toLinear(77 / 255)) });
  for await (const rgb of assembledBytes({ cover, order, path: turning, size, painting }, grey())) {
    assert.deepEqual(new Set(rgb), new Set([77]));
  }
});

test('with an open shutter a frame is the mean of what moves past it; at the ends of the film of what there is', async () => {
  const of = { frames: 5, from: { ...SHALLOW, zoom: '500' }, to: { ...SHALLOW, zoom: '700' } };
  const parts = 32;
  const plain = zoomPath(of.from, of.to, of.frames);
  const open = { ...plain, shutter: { open: 0.5, size, begin: 0, end: of.frames - 1 } };
  const dense = { ...plain, frames: parts * (of.frames - 1) + 1, at: (frame: number) => plain.at(frame / parts) };
  const pictures: Uint8Array[] = [];
  for await (const rgb of studio({ ...shallow, path: dense }).film()) pictures.push(rgb);
  let frame = 0;
  for await (const rgb of studio({ ...shallow, path: open }).film()) {
    const middle = parts * frame++;
    const past = pictures.slice(Math.max(0, middle - parts / 4), middle + parts / 4 + 1);
    const mean = rgb.map((_, k) =>
      toLevel(past.reduce((sum, one) => sum + toLinear((one[k] as number) / 255), 0) / past.length),
    );
    assert.ok(psnr(rgb, mean) > 38, `frame ${frame - 1}: ${psnr(rgb, mean)} dB`);
    assert.ok(psnr(rgb, mean) > psnr(pictures[middle] as Uint8Array, mean) + 3, `frame ${frame - 1}`);
  }
});

test('a turned frame shows what the same frame shows as a still', async () => {
  const path = listedPath(
    Array.from({ length: 9 }, (_, k): Camera => ({ ...SHALLOW, zoom: fromLog10(3 - k / 9), rotation: 11 * k })),
  );
  const { film, still } = studio({ ...shallow, path });
  let frame = 0;
  for await (const rgb of film()) {
    if (frame % 4 === 3) {
      const truth = await still(frame, 64);
      assert.ok(psnr(rgb, truth) > psnr(await still(frame, 2), truth), `frame ${frame}`);
    }
    frame++;
  }
});

test('a frame comes as soon as its keyframes are there, and what no later frame shows is let go', async () => {
  for (const [from, to] of [
    ['1e14', '1e18'],
    ['1e18', '1e14'],
  ] as const) {
    const path = zoomPath({ ...DEEP, zoom: from }, { ...DEEP, zoom: to }, 41);
    const cover = coverOf(path, size);
    const order = orderOf(cover, path, size);
    let made = 0;
    async function* counted() {
      for (const { parts } of order.keyframes) {
        made++;
        yield parts.map((rect) => ({ rect, values: new Float64Array(rect.width * rect.height) }));
      }
    }
    const afterFrame: number[] = [];
    const film = { cover, order, path, size, painting: paintedBy(PAINT) };
    for await (const _ of assembledBytes(film, counted())) afterFrame.push(made);
    assert.equal(made, cover.keyframes.length);
    // Keyframes of some 10 octaves lie within a frame of 160 pixels.
    assert.ok(
      (afterFrame[0] as number) < (depthOf({ zoom: from }) > 15 ? 2 : 45),
      `${afterFrame[0]} for the first frame`,
    );
    assert.deepEqual(afterFrame, [...order.needed]);
    const heldAt = (frame: number) =>
      order.keyframes.filter(
        (_, k) => k < (order.needed[frame] as number) && Math.max(...(order.lastUse[k] ?? [])) > frame,
      );
    assert.ok(Math.max(...indices(path.frames).map((frame) => heldAt(frame).length)) < 45);
  }
});

test('without memory for keyframes, samples wait in files: the same frames', async () => {
  for (const [from, to] of [
    ['500', '2000'],
    ['2000', '500'],
  ] as const) {
    const path = zoomPath({ ...SHALLOW, zoom: from }, { ...SHALLOW, zoom: to }, 7);
    const { film } = studio({ ...shallow, path });
    const bounded = film({ bound: 0 });
    for await (const rgb of film()) assert.deepEqual((await bounded.next()).value, rgb);
    assert.equal((await bounded.next()).done, true);
  }
});

test('samples of keyframes come in pieces of any shape and in any order: the same frames', async () => {
  const path = zoomPath({ ...SHALLOW, zoom: '500' }, { ...SHALLOW, zoom: '2000' }, 5);
  const { film } = studio({ ...shallow, path });
  const squares = (part: Rect) => [...blocks(part, 40)].map((one) => one.part).reverse();
  const inPieces = film({ cut: squares });
  for await (const rgb of film()) assert.deepEqual((await inPieces.next()).value, rgb);
  assert.equal((await inPieces.next()).done, true);
});

function indices(frames: number): number[] {
  return [...new Array(frames).keys()];
}
