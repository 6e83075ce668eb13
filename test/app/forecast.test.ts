/** The forecast of a film on the real kernels, compared with its frames. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { readWords } from '../../bin/command-line.js';
import { COMMANDS } from '../../bin/commands.js';
import { blankness, forecastOf } from '../../src/app/forecast.js';
import { prepare } from '../../src/app/prepare.js';
import { blankWarnings, cyclesMissing, standstill } from '../../src/app/warnings.js';
import { openSimd } from '../../src/kernel/simd.js';
import { digitsMissing } from '../../src/request/digits.js';
import { parseRequest, type RawRequest } from '../../src/request/parse.js';
import { type Request, viewAt } from '../../src/request/request.js';
import { fractal } from '../e2e/processes.js';

const SIZE = { width: '320', height: '180' };
/** No point round it is in the set: it escapes after some twenty iterations. */
const OUTSIDE = { xpos: '-0.00275', ypos: '0.78912' };
/** Spirals down to any depth. */
const SPIRALS = { xpos: '-0.743643887037158', ypos: '0.131825904205312' };
const never = new AbortController().signal;

async function estimated(raw: RawRequest) {
  const ready = await prepare(parseRequest({ ...SIZE, ...raw }), { emit: () => undefined, signal: never });
  return { request: ready.request, forecast: await forecastOf(ready, never) };
}

/** Whether a whole frame shows nothing, every pixel of it. */
async function blank(request: Request, frame: number): Promise<boolean> {
  const view = viewAt(request, frame);
  const { nu } = await openSimd().compute({ ...view, width: 96, height: 54 }, { x: 0, y: 0, width: 96, height: 54 });
  return blankness(nu) !== undefined;
}

test('a film that leaves the set behind: the first blank frame is found, and the command finds a place', async (t) => {
  const { request, forecast } = await estimated({ ...OUTSIDE, zoom: '42', 'zoom-end': '1e9', frames: '300' });
  const [found, ...others] = forecast.blanks;
  assert.ok(found && others.length === 0);
  assert.deepEqual([found.to, found.escapedAt], [299, 20]);
  assert.ok(await blank(request, found.from + 2), 'nothing is in view from there on');
  assert.ok(!(await blank(request, found.from - 10)), 'something is, before');
  const [line = ''] = blankWarnings(request, forecast.blanks);
  assert.match(
    line,
    new RegExp(`^frames ${found.from} to 299 show nothing: every point of the view escapes after about 20`),
  );
  const [, words = ''] = /: fractal (locate .*)$/.exec(line) ?? [];
  const { code, stdout } = await fractal(t, words.split(' '));
  assert.equal(code, 0, words);
  assert.match(stdout, /^fractal leader .*--zoom=/m);
});

test('a film that comes out of nothing, and one that is inside the set', async () => {
  const out = await estimated({ ...OUTSIDE, zoom: '1e9', 'zoom-end': '42', frames: '100' });
  assert.equal(out.forecast.blanks[0]?.from, 0);
  assert.ok((out.forecast.blanks[0]?.to ?? 0) > 40 && (out.forecast.blanks[0]?.to ?? 99) < 99);
  assert.match(
    blankWarnings(out.request, out.forecast.blanks).join('\n'),
    /^frames 0 to \d+ show nothing.*fractal locate /,
  );
  const inside = await estimated({ xpos: '0', ypos: '0', zoom: '1', 'zoom-end': '1e6', frames: '50', iters: '500' });
  assert.equal(inside.forecast.blanks[0]?.to, 49);
  assert.match(
    blankWarnings(inside.request, inside.forecast.blanks).join('\n'),
    /no point of the view escapes within 500 iterations; .*--iters/,
  );
});

test('a path that leaves the set and comes back: every run of blank frames is named, by its reason', async () => {
  const at = (time: number, xpos: string, ypos: string, zoom = '2e3') => ({ time, xpos, ypos, zoom });
  const edge = ['-0.7436438', '0.1318259'] as const;
  const keyframes = [
    at(0, ...edge),
    at(20, '1.5', '1.2'),
    at(40, ...edge),
    at(60, '-0.1', '0'),
    at(80, ...edge),
    at(100, '-2.5', '0.8'),
    at(120, ...edge),
  ].map((one) => ({ ...one, ease: 'linear' }));
  const { request, forecast } = await estimated({ path: JSON.stringify({ keyframes }), iters: '500' });
  const reasons = forecast.blanks.map(({ escapedAt }) => escapedAt !== undefined);
  assert.deepEqual(reasons, [true, false, true], JSON.stringify(forecast.blanks));
  for (const { from, to } of forecast.blanks) {
    assert.ok((await blank(request, from + 2)) && (await blank(request, to - 2)), `${from} to ${to}`);
    assert.ok(!(await blank(request, from - 10)) && !(await blank(request, to + 10)), `around ${from} to ${to}`);
  }
  const [inside, outside, ...others] = blankWarnings(request, forecast.blanks);
  const [first, second, third] = forecast.blanks.map(({ from, to }) => `${from} to ${to}`);
  assert.ok(inside?.startsWith(`frames ${second} show nothing: no point of the view escapes within 500`), inside);
  assert.ok(outside?.startsWith(`frames ${first} and ${third} show nothing: every point`), outside);
  assert.deepEqual(others, []);
  const many = Array.from({ length: 30 }, (_, k) => ({ from: 9 * k, to: 9 * k + (k % 2), escapedAt: 3 + k }));
  const [line = ''] = blankWarnings({ ...request, film: { ...request.film, last: 300 } }, many);
  assert.match(
    line,
    /^frames 0, 9 to 10, 18, 27 to 28, 36, 45 to 46, 54, 63 to 64 and 22 more runs show nothing: .* about 3 to 32 iterations; /,
  );
});

test('other formulas have a forecast, too; for a Julia set there is nothing to locate', async () => {
  for (const raw of [
    { formula: 'burning-ship', xpos: '0.6', ypos: '0.6' },
    { formula: 'multibrot', power: '3', xpos: '0.9', ypos: '0.9' },
    { formula: 'julia', 'julia-re': '-0.8', 'julia-im': '0.156', xpos: '0.5', ypos: '0.9' },
  ]) {
    const { request, forecast } = await estimated({ ...raw, zoom: '1', 'zoom-end': '1e6', frames: '40' });
    assert.equal(forecast.blanks[0]?.to, 39, raw.formula);
    const [line = ''] = blankWarnings(request, forecast.blanks);
    assert.equal(/fractal locate --formula=/.test(line), raw.formula !== 'julia', line);
  }
});

test('a deep film costs more where it is deeper, and nothing is blank', async () => {
  const { request, forecast } = await estimated({ ...SPIRALS, zoom: '1', 'zoom-end': '1e9', frames: '120' });
  assert.deepEqual(forecast.blanks, []);
  const cost = (frame: number) => forecast.costOf(frame);
  assert.ok(cost(119) > 5 * cost(0), `${cost(0)} to ${cost(119)}`);
  const real = async (frame: number) => {
    const view = { ...viewAt(request, frame), width: 96, height: 54 };
    return (await openSimd().compute(view, { x: 0, y: 0, width: 96, height: 54 })).iterations;
  };
  const [few, many] = [await real(30), await real(89)];
  const ratio = cost(89) / cost(30) / (many / few);
  assert.ok(ratio > 0.25 && ratio < 4, `estimated over real: ${ratio}`);
});

test('a film of equal frames gets a warning, with the flags that move the camera', () => {
  const line = (raw: RawRequest) => standstill(parseRequest(raw));
  assert.match(line({ frames: '3' }) ?? '', /^all 3 frames are the same picture: --zoom-end, .*--xpos-end/);
  assert.ok(line({ frames: '3', zoom: '10', 'zoom-end': '1e1' }));
  assert.ok(line({ frames: '3', 'xpos-end': '-0.00275' }));
  for (const moved of [{ 'zoom-end': '1e3' }, { 'xpos-end': '0.1' }, { 'ypos-end': '0.1' }, { 'view-width-end': '1' }])
    assert.equal(line({ frames: '3', ...moved }), undefined);
  assert.equal(line({ zoom: '1e400', 'zoom-end': '1e401', frames: '2' }), undefined, 'beyond the range of doubles');
  assert.equal(line({}), undefined);
});

test('the film commands of README and help show something to their end, and have all the digits', async () => {
  const readme = readFileSync(fileURLToPath(new URL('../../../README.md', import.meta.url)), 'utf8');
  const help = (COMMANDS.leader?.examples ?? []).map(([command]) => command).join('\n');
  const commands = `${readme}\n${help}`.match(/fractal leader [^\n`]*?--frames \d+[^\n`]*?\.mp4/g) ?? [];
  assert.ok(commands.length >= 2, 'one in each');
  for (const command of commands) {
    const raw = readWords(command.split(' ').slice(2), 'fractal leader', COMMANDS.leader?.flags ?? {});
    delete raw.local;
    const { request, forecast } = await estimated(raw as RawRequest);
    assert.deepEqual(forecast.blanks, [], command);
    assert.equal(digitsMissing(request), undefined, command);
    assert.equal(standstill(request), undefined, command);
  }
});

test('a frame deeper than cycles are found is warned of', () => {
  const line = (raw: RawRequest) => cyclesMissing(parseRequest(raw));
  const text = '--interior period: cycles are not found at zooms above 1e280: points that never escape are black there';
  assert.equal(line({ interior: 'period', zoom: '1e281' }), text);
  assert.equal(line({ interior: 'period', zoom: '1e200', 'zoom-end': '1e281', frames: '9' }), text);
  assert.equal(line({ interior: 'period', zoom: '1e279' }), undefined);
  assert.equal(line({ interior: '#fff', zoom: '1e281' }), undefined);
  assert.equal(line({ interior: 'period', zoom: '1e281', formula: 'julia' }), undefined);
});
