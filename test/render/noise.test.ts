import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DEFAULT_COLOURS, prepare } from '../../src/render/colours.js';
import { noiseOf } from '../../src/render/noise.js';

const paint = prepare({ ...DEFAULT_COLOURS, density: 3 });

test('half of a colour is chance at a fifth of a cycle; nothing in the interior and where nu is constant', () => {
  // One cycle more from nu to nu + w: d sqrt(nu + 4) = w / (2 sqrt(nu + 4)).
  const nu = Float64Array.of(96, 96, 96, Infinity, 96);
  const cycle = 2 * Math.sqrt(100);
  const widths = Float64Array.of(0.2 * cycle, 0, 100 * cycle, 0, Infinity);
  const plain = noiseOf(nu, widths, paint, false);
  assert.ok(Math.abs((plain[0] as number) - 0.5) < 1e-6);
  assert.deepEqual([plain[1], plain[3]], [0, 0]);
  assert.ok((plain[2] as number) > 0.999 && (plain[4] as number) > 0.999);
});

test('a mean over many cycles has little noise', () => {
  const nu = new Float64Array(4).fill(96);
  const widths = Float64Array.of(10, 20, 100, 1000);
  const noise = noiseOf(nu, widths, paint, true);
  for (let k = 1; k < 4; k++) assert.ok((noise[k] as number) < (noise[k - 1] as number), `${noise}`);
  assert.ok((noise[3] as number) < 0.001);
});
