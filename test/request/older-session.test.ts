/** Session files of an older video renderer, against its own formulas. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseRequestFile } from '../../src/request/file.js';
import { parseRequest } from '../../src/request/parse.js';
import { viewAt } from '../../src/request/request.js';

/** As its script writes them. */
const SESSION = {
  ...{ z0: '1.0', z1: '1E+3', cx0: '-0.5', cy0: '0', cx1: '-0.7436', cy1: '0.1318' },
  ...{ iterations_base: 512, iterations_scale: 64, frames_smooth: 30, frames: 60 },
  program_arguments: ['-w', '192', '-h', '108', '-s', '4', '--color_mode', '3', '-b', '16'],
  rendered_frames: 17,
};
const read = (session: object) => parseRequestFile(JSON.stringify(session, null, 4), 'session.json');

test('the flags of a session are those of its frames, and the film of all of them', () => {
  const { iters, ...flags } = read(SESSION);
  assert.equal(iters, '512 + 64*log2(1 + zoom/4) - 0.5');
  assert.deepEqual(flags, {
    ...{ width: '192', height: '108', 'block-size': '16', smoothness: '2', 'color-mode': '3', bailout: '2' },
    ...{ xpos: '-0.5', ypos: '0', zoom: '4', frames: '60', fps: '60', 'ease-power': '1.5' },
    ...{ 'zoom-end': '4000', 'xpos-end': '-0.7436', 'ypos-end': '0.1318' },
  });
});

test('the camera and the iterations are those of the script, at every frame', () => {
  const octaves = fc.double({ min: 0.5, max: 30, noNaN: true });
  const place = fc.double({ min: -2, max: 2, noNaN: true });
  const count = fc.integer({ min: 2, max: 200 });
  const cases = fc.record({ z0: octaves, growth: octaves, a: place, b: place, frames: count, smooth: count });
  fc.assert(
    fc.property(cases, ({ z0: from, growth, a, b, frames, smooth }) => {
      const [z0, z1] = [2 ** (from / 4 - 1), 2 ** (from / 4 - 1 + growth)];
      const request = parseRequest(
        read({
          ...SESSION,
          z0: `${z0}`,
          z1: `${z1}`,
          cx0: `${a}`,
          cx1: `${b}`,
          frames,
          frames_smooth: smooth % (2 * frames),
        }),
      );
      for (const frame of [0, Math.floor(frames / 3), Math.floor((2 * frames) / 3), frames - 1]) {
        const t = frame / (frames - 1);
        const power = 1 + (smooth % (2 * frames)) / frames;
        const eased = t < 0.5 ? 0.5 * (2 * t) ** power : 1 - 0.5 * (2 * (1 - t)) ** power;
        const zoom = z0 * (z1 / z0) ** eased;
        const s = (1 - z0 / zoom) / (1 - z0 / z1);
        const view = viewAt(request, frame);
        assert.ok(Math.abs(Number(view.zoom) / (4 * zoom) - 1) < 1e-6, `${view.zoom} ${4 * zoom}`);
        assert.ok(Math.abs(Number(view.re) - (a + (b - a) * s)) < 1e-6 / zoom, `${view.re} ${a + (b - a) * s}`);
        const exact = 512 + 64 * Math.log2(1 + zoom);
        if (Math.abs(exact - Math.round(exact)) > 1e-4) assert.equal(view.iterations, Math.floor(exact));
      }
    }),
    { numRuns: 100 },
  );
});

test('what is missing has its defaults, one frame is a still, and what is wrong is named', () => {
  assert.deepEqual(
    [read({ z1: '8' }).frames, read({ z1: '8' })['ease-power'], read({ frames_smooth: 1 })['zoom-end']],
    ['5', '1.2', '40'],
  );
  const still = parseRequest(read({ ...SESSION, frames: 1 }));
  assert.deepEqual([still.film.frames, still.zoom, still.iterations], [1, '4', 576]);
  for (const [session, why] of [
    [{ ...SESSION, frame_smooth: '1' }, /"frame_smooth" is not known here: did you mean "frames_smooth"/],
    [{ ...SESSION, z1: '-5' }, /"z1" "-5" is not a number above 0/],
    [{ ...SESSION, frames: '1.5' }, /"frames" "1\.5" is not a whole number/],
    [{ ...SESSION, program_arguments: ['--widht', '5'] }, /"--widht" is not a flag of the older renderer/],
    [{ ...SESSION, program_arguments: { w: 5 } }, /the value of "program_arguments" is not a string/],
  ] as const)
    assert.throws(() => read(session), why);
});
