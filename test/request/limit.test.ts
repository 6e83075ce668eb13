/** The iteration limit of each frame: expressions and steps of --iters. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ExpressionError } from '../../src/request/limit/expression.js';
import { exp2, extended, log2, root, times, toNumber, toPower } from '../../src/request/limit/extended.js';
import { limitOf } from '../../src/request/limit/limit.js';
import { pictureFlags } from '../../src/request/metadata.js';
import { parseRequest, type RawRequest } from '../../src/request/parse.js';
import { viewAt } from '../../src/request/request.js';

const START = { frame: 0, t: 0, depth: 0 };
const at = (text: string, moment = {}) => limitOf(text)({ ...START, ...moment });

/** Whether two numbers agree to so many units of the last place, about. */
const close = (a: number, b: number, relative = 1e-14) => Math.abs(a - b) <= relative * Math.abs(b);

test('numbers with exponents beyond doubles: the same as doubles where those have them', () => {
  const some = fc.double({ min: 1e-100, max: 1e100, noNaN: true });
  fc.assert(
    fc.property(some, some, (a, b) => {
      assert.ok(close(log2(extended(a)), Math.log2(a), 1e-13) || Math.abs(Math.log2(a)) < 1e-10);
      assert.equal(toNumber(times(extended(a), extended(b))), a * b);
      assert.equal(toNumber(root(extended(a))), Math.sqrt(a));
      assert.ok(close(toNumber(toPower(extended(a), extended(3))), a ** 3));
    }),
  );
  fc.assert(
    fc.property(fc.double({ min: -300, max: 300, noNaN: true }), (x) => {
      assert.ok(close(toNumber(exp2(x)), 2 ** x, 1e-13));
      assert.ok(Math.abs(log2(exp2(1e5 * x)) - 1e5 * x) < 1e-8);
    }),
  );
});

test('an expression has the value that its text has in mathematics', () => {
  const term: fc.Arbitrary<string> = fc.letrec<{ term: string }>((tie) => ({
    term: fc.oneof(
      { maxDepth: 5 },
      fc.integer({ min: 1, max: 50 }).map(String),
      fc.tuple(tie('term'), fc.constantFrom('+', '*', '-', '/'), tie('term')).map(([a, op, b]) => `(${a}${op} ${b})`),
      tie('term').map((a) => `-(${a})`),
      fc.tuple(tie('term'), fc.constantFrom('+', '*'), tie('term')).map(([a, op, b]) => `${a} ${op} ${b}`),
      fc.tuple(fc.constantFrom('min', 'max'), tie('term'), tie('term')).map(([f, a, b]) => `${f}(${a}, ${b})`),
    ),
  })).term;
  fc.assert(
    fc.property(term, (text) => {
      const expected = Number(Function('min', 'max', `return ${text}`)(Math.min, Math.max));
      const found = at(text);
      if (!Number.isFinite(expected)) return;
      if (typeof found !== 'number') return assert.ok(/not a number|2\^48/.test(found.why));
      assert.ok(
        Math.abs(found - Math.max(1, expected)) <= 0.5 + 1e-9 * Math.abs(expected),
        `${text}: ${found}, ${expected}`,
      );
    }),
    { numRuns: 500 },
  );
  for (const [text, value] of [
    ['2 + 3 * 4 ^ 2', 50],
    ['2 ^ 3 ^ 2', 512],
    ['-2 ^ 2 + 10', 6],
    ['100 * 2 ^ -1', 50],
    ['sqrt(1e4) + log10(1e6) + log2(8) + ln(1)', 109],
    ['max(3, 7, 5) * min(2, 1e3)', 14],
    ['1e3', 1000],
  ] as const)
    assert.equal(at(text), value, text);
});

test('zooms far beyond doubles: base + scale * log2(1 + zoom)', () => {
  assert.equal(at('500 + 90*log2(1+zoom)', { depth: 0 }), 590);
  assert.equal(at('1000*log2(1 + zoom)', { depth: 500 }), Math.round(1000 * 500 * Math.log2(10)));
  assert.equal(at('sqrt(zoom) / zoom ^ 0.49', { depth: 500 }), 1e5);
  assert.equal(at('log10(zoom)', { depth: 99_999.5 }), 100_000);
  assert.equal(at('100 + frame + 10*t', { frame: 7, t: 0.5 }), 112);
  assert.equal(at('zoom - zoom', { depth: 400 }), 1);
  assert.deepEqual(at('zoom', { depth: 400 }), { why: 'more than 2^48' });
  assert.deepEqual(at('log2(0 - zoom)'), { why: 'not a number' });
  assert.deepEqual(at('1/0'), { why: 'not a number' });
});

test('steps by zoom hold from their zoom on', () => {
  const steps = (depth: number) => at('500, 1e3: 2000, 1e400: 1e4', { depth });
  assert.deepEqual([-1, 2.99, 3, 399, 400, 1000].map(steps), [500, 500, 2000, 2000, 10_000, 10_000]);
  assert.equal(at('10: 70, 20: 90', { depth: 0 }), 70);
});

test('a mistake is named with its column', () => {
  for (const [text, why] of [
    ['500 +', /a number, zoom, frame, t or a function is missing at column 6/],
    ['500 + 2 * zom', /"zom" is not a name: did you mean "zoom"\? at column 11/],
    ['(1 + 2', /a "\)" is missing at column 7/],
    ['log2(1, 2)', /log2 takes one value at column 1/],
    ['log2 + 1', /log2 has no "\("/],
    ['1 2', /"2" is one too many at column 3/],
    ['1e999 + 1', /"1e999" is too large/],
    [`${'('.repeat(200)}1`, /more than 100/],
    ['500, 1e3', /"," at|", 1e3" is one too many/],
    ['500, x: 3', /"x" is not a zoom/],
    ['500, 1e3: 2000, 1e2: 5', /do not rise/],
    ['500, 1e3: 0.5', /"0.5" is not a whole number/],
    ['1:2:3', /is not zoom: limit/],
  ] as const) {
    assert.throws(
      () => limitOf(text),
      (error) => error instanceof ExpressionError && why.test(error.message),
      text,
    );
    assert.throws(
      () => parseRequest({ iters: text }),
      /REQUEST_INVALID: --iters .* is not auto, or a whole number from 1 to 2\^48, or an expression: /,
    );
  }
});

test('frames have their own limit, the film the largest, and a still the number', () => {
  const film = parseRequest({ iters: '100 + 10*log2(zoom)', zoom: '1', 'zoom-end': '1024', frames: '11' });
  assert.deepEqual(
    [0, 5, 10].map((frame) => viewAt(film, frame).iterations),
    [100, 150, 200],
  );
  assert.deepEqual([film.iterations, film.autoIterations], [200, false]);
  const outward = parseRequest({ iters: '500, 1e3: 2000', zoom: '1e4', 'zoom-end': '1', frames: '5' });
  assert.deepEqual([outward.iterations, viewAt(outward, 4).iterations], [2000, 500]);
  const still = parseRequest({ iters: '100 + 10*log2(zoom)', zoom: '1024' });
  assert.deepEqual([still.iterations, still.film.limit], [200, undefined]);
  assert.throws(
    () => parseRequest({ iters: '1/(frame-3)', frames: '9' }),
    /--iters "1\/\(frame-3\)" is not a number at frame 3/,
  );
});

test('--iters-step adds to each frame, beside a number or an expression', () => {
  const limits = (raw: RawRequest) => {
    const film = parseRequest({ frames: '5', ...raw });
    return [film.iterations, ...[0, 1, 4].map((frame) => viewAt(film, frame).iterations)];
  };
  assert.deepEqual(limits({ iters: '100', 'iters-step': '20' }), [180, 100, 120, 180]);
  const zoom = { zoom: '1', 'zoom-end': '16' };
  assert.deepEqual(limits({ ...zoom, iters: '50 - log2(zoom)', 'iters-step': '10' }), [86, 50, 59, 86]);
  const { iterations, film } = parseRequest({ iters: '100', 'iters-step': '20' });
  assert.deepEqual([iterations, film.limit], [100, undefined]);
});

test('pictures carry --iters-step as part of --iters', () => {
  const film = parseRequest({ iters: '100', 'iters-step': '20', frames: '5' });
  const { iters, 'iters-step': step } = pictureFlags(film);
  assert.deepEqual([iters, step], ['100 + 20*frame', undefined]);
  assert.equal(parseRequest(pictureFlags(film)).iterations, 180);
});

test('--iters-step beside what it cannot add to is refused', () => {
  for (const [iters, why] of [
    [undefined, /--iters-step adds to --iters, which auto leaves open: give --iters a number/],
    ['auto', /which auto leaves open/],
    ['500, 1e3: 2000', /--iters "500, 1e3: 2000" has steps by zoom/],
  ] as const)
    assert.throws(() => parseRequest({ ...(iters ? { iters } : {}), 'iters-step': '2', frames: '5' }), why);
  assert.throws(
    () => parseRequest({ iters: '281474976710656', 'iters-step': '2', frames: '5' }),
    /more than 2\^48 at frame 1/,
  );
});
