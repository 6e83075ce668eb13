/** Where keyframes meet nothing is seen: neither an edge, nor a jump from one frame to the next. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Camera, similarity } from '../../src/film/camera.js';
import { type Cover, coverOf } from '../../src/film/cover.js';
import type { Grid } from '../../src/film/grid.js';
import { STEP } from '../../src/film/levels.js';
import { fromLog10, log10, parseDecimal } from '../../src/view/decimal.js';
import { DEEP, SHALLOW, zoomPath } from './paths.js';
import { PAINT, type Scene, studio } from './rendering.js';
import { residuals, rootMean } from './residual.js';

const size = { width: 160, height: 90, samples: 1 };
const PER_OCTAVE = 20;
const frames = 2 * PER_OCTAVE + 1;

const scenes: Record<string, Scene> = {
  shallow: {
    path: zoomPath({ ...SHALLOW, zoom: '500' }, { ...SHALLOW, zoom: '2000' }, frames),
    ...{ size, iterations: 3000, perturbed: false, paint: PAINT },
  },
  deep: {
    path: zoomPath({ ...DEEP, zoom: '25e12' }, { ...DEEP, zoom: '1e14' }, frames),
    ...{ size, iterations: 4036, perturbed: true, paint: PAINT },
  },
};

/** The pixels of a frame within a pixel of the border of a keyframe that is not beyond the frame. */
function borders(camera: Camera, { keyframes, grid }: Cover): Set<number> {
  const found = new Set<number>();
  const { width, height } = size;
  for (const { camera: own, parts } of keyframes) {
    const to = similarity(own, camera, grid.size.height, height);
    const [left, right] = [Math.min(...parts.map((p) => p.x)), Math.max(...parts.map((p) => p.x + p.width))];
    const [top, bottom] = [Math.min(...parts.map((p) => p.y)), Math.max(...parts.map((p) => p.y + p.height))];
    const across = (x: number) => width / 2 + (x - grid.size.width / 2) * to.scale + to.x;
    const down = (y: number) => height / 2 + (y - grid.size.height / 2) * to.scale - to.y;
    const [x0, x1, y0, y1] = [across(left), across(right), down(top), down(bottom)];
    if (x1 - x0 < 16) continue;
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const [dx, dy] = [
          Math.min(Math.abs(x + 0.5 - x0), Math.abs(x + 0.5 - x1)),
          Math.min(Math.abs(y + 0.5 - y0), Math.abs(y + 0.5 - y1)),
        ];
        const beside = y + 0.5 > y0 - 1 && y + 0.5 < y1 + 1;
        const above = x + 0.5 > x0 - 1 && x + 0.5 < x1 + 1;
        if ((dx < 1 && beside) || (dy < 1 && above)) found.add(y * width + x);
      }
    }
  }
  return found;
}

for (const [name, scene] of Object.entries(scenes)) {
  test(`pixels at borders of keyframes move as they do where the borders lie elsewhere: ${name}`, async () => {
    const { path } = scene;
    const cover = coverOf(path, size);
    const deepest = log10(parseDecimal(cover.grid.zoom) as NonNullable<ReturnType<typeof parseDecimal>>);
    const elsewhere: Grid = { ...cover.grid, zoom: fromLog10(deepest + STEP / 2) };
    const [here, there] = [studio(scene).film(), studio(scene).film({ grid: elsewhere })];
    const sums: { here: number[]; there: number[] } = { here: [], there: [] };
    let before: { here: Uint8Array; there: Uint8Array } | undefined;
    let frame = 0;
    for await (const rgb of here) {
      const other = (await there.next()).value as Uint8Array;
      if (before) {
        const to = similarity(path.at(frame), path.at(frame - 1), size.height);
        const [own, moved] = [residuals(before.here, rgb, to, size), residuals(before.there, other, to, size)];
        for (const pixel of borders(path.at(frame), cover)) {
          sums.here.push(own[pixel] as number);
          sums.there.push(moved[pixel] as number);
        }
      }
      before = { here: rgb, there: other };
      frame++;
    }
    assert.equal(frame, frames);
    assert.ok(sums.here.length > 10_000, `${sums.here.length} pixels`);
    const ratio = rootMean(sums.here) / rootMean(sums.there);
    assert.ok(ratio < 1.2, `${ratio}`);
  });
}
