/** Films in colours that were found, or equalized, neither pump nor flicker: their mean luma, from frame to frame. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RawRequest } from '../../src/request/parse.js';
import { pixelsOf } from './pictures.js';

const BOUNDED = { timeout: 240_000 };
const FPS = 15;
/** Of 1, a frame of a fifteenth of a second. */
const MOST_CHANGE = 0.1;
/** Of a change that goes up and down at once. */
const MOST_TURN = 0.035;
const SEAHORSE = { xpos: '-0.7436438870371587', ypos: '0.13182590420531197' };
const MINIBROT = {
  xpos: '-1.759817130804847813610825010561798238244',
  ypos: '-0.01259331079974986538374663184326485845034',
};

/** A film that zooms so many octaves a second. */
const zooming = (to: number, speed = 3): RawRequest => ({
  ...{ zoom: '1', 'zoom-end': String(to), frames: String(1 + Math.round((FPS * Math.log2(to)) / speed)) },
});

/** Out of a place and in again, at three octaves a second in the mean. No minibrot fills the frame: it is dark in any colours. */
const PATH = JSON.stringify({
  keyframes: [1e4, 10, 1e4].map((zoom, k) => ({ time: `${3 * k}s`, zoom, ...SEAHORSE })),
});

const FILMS: Readonly<Record<string, RawRequest>> = {
  'into a spiral': { ...SEAHORSE, ...zooming(1e6) },
  'to 1e14': { ...MINIBROT, ...zooming(1e14, 4) },
  'frame by frame': { ...SEAHORSE, ...zooming(1e4), assembly: 'frames', iters: '3000' },
  equalized: { ...SEAHORSE, ...zooming(1e6), equalize: 'true' },
  'out and in again': { path: PATH, frames: '91' },
  'across a valley': {
    ...{
      xpos: '-0.75',
      ypos: '0.1',
      'xpos-end': '-0.5',
      'ypos-end': '0.62',
      zoom: '30',
      'zoom-end': '30',
      frames: '90',
    },
  },
  'out of a dense place': {
    ...{ xpos: '-0.7454286', ypos: '0.1130089', zoom: '1e6', 'zoom-end': '50', frames: '90', iters: '6000' },
  },
  'into a Julia set': {
    formula: 'julia',
    'julia-re': '0',
    'julia-im': '1',
    xpos: '0',
    ypos: '1',
    ...zooming(3e4),
  },
  'of a constant that moves': {
    ...{ formula: 'julia', 'julia-re': '-0.8', 'julia-im': '0.156', 'julia-re-end': '-0.7', 'julia-im-end': '0.3' },
    ...{ xpos: '0', ypos: '0', zoom: '1.2', 'zoom-end': '1.2', frames: '45' },
  },
  'of the Burning Ship': { formula: 'burning-ship', xpos: '-1.762', ypos: '-0.028', ...zooming(1e3), iters: '1000' },
  'of the fourth power': { formula: 'multibrot', power: '4', xpos: '0.5877', ypos: '0.5', ...zooming(1e3) },
};

for (const [name, raw] of Object.entries(FILMS))
  test(
    `a film ${name} does not flicker: mean luma changes by less than ${MOST_CHANGE} in a fifteenth of a second`,
    BOUNDED,
    async (t) => {
      const size = { width: '64', height: '36', fps: String(FPS) };
      const means = (await pixelsOf(t, { ...raw, ...size }, 2)).map(lumaOf);
      const changes = means.slice(1).map((mean, k) => mean - (means[k] as number));
      assert.ok(Math.max(...changes.map(Math.abs)) < MOST_CHANGE, changes.map((one) => one.toFixed(2)).join(' '));
      const turns = changes.slice(1).map((change, k) => {
        const before = changes[k] as number;
        return change * before < 0 ? Math.min(Math.abs(change), Math.abs(before)) : 0;
      });
      console.log(name, Math.max(...changes.map(Math.abs)), Math.max(...turns), Math.min(...means), Math.max(...means));
      assert.ok(Math.max(...turns) < MOST_TURN, turns.map((one) => one.toFixed(3)).join(' '));
    },
  );

/** The mean of a picture, 0 to 1. */
function lumaOf(rgb: Uint8Array): number {
  let sum = 0;
  for (let k = 0; k < rgb.length; k += 3)
    sum += 0.2126 * (rgb[k] as number) + 0.7152 * (rgb[k + 1] as number) + 0.0722 * (rgb[k + 2] as number);
  return sum / (rgb.length / 3) / 255;
}
