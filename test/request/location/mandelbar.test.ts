import assert from 'node:assert/strict';
import { test } from 'node:test';
import { digitsMissing } from '../../../src/request/digits.js';
import { parseLocation } from '../../../src/request/location/location.js';
import { parseRequest, type RawRequest } from '../../../src/request/parse.js';
import { viewAt } from '../../../src/request/request.js';
import { points } from '../../../src/view/plane.js';

const file = (re: string, im: string, zoom: string, angle: string) =>
  Buffer.from(
    `Re: ${re}\nIm: ${im}\nZoom: ${zoom}\nIterations: 99\nPower: 3\nFractalType: 4\nRotateAngle: ${angle}\nVersion: 2\n`,
  );

/** The first n with |z_n| > 2 of z -> sign · conj(z)^3 + c. */
function escapes(sign: 1 | -1, re: number, im: number): number {
  let [x, y] = [0, 0];
  for (let n = 0; n < 40; n++) {
    if (x * x + y * y > 4) return n;
    [x, y] = [sign * (x * x * x - 3 * x * y * y) + re, -sign * (3 * x * x * y - y * y * y) + im];
  }
  return -1;
}

test("Kalles Fraktaler's cubic Mandelbar, -conj(z)^3 + c, has the same counts in the tricorn's plane, pixel by pixel", () => {
  for (const [re, im, zoom, angle] of [
    ['0', '0', '1', '0'],
    ['-0.3', '0.7', '3', '0'],
    ['0.5', '-0.41', '7.5', '20.25'],
  ] as const) {
    const { flags, notes } = parseLocation(file(re, im, zoom, angle), 'x.kfr');
    const size = { width: '60', height: '40', samples: '1' };
    const ours = viewAt(parseRequest({ ...flags, ...size } as RawRequest), 0);
    const theirs = viewAt(parseRequest({ xpos: re, ypos: im, zoom, rotate: angle, ...size }), 0);
    assert.deepEqual(ours.formula, { step: 'tricorn', power: 3 });
    assert.ok(notes.some((note) => /cubic Mandelbar.* turned by 45 degrees/.test(note)));
    const rect = { x: 0, y: 0, width: 60, height: 40 };
    const [a, b] = [points(ours, rect), points(theirs, rect)];
    const counts = [...a.re.keys()].map((k) => [
      escapes(1, a.re[k] as number, a.im[k] as number),
      escapes(-1, b.re[k] as number, b.im[k] as number),
    ]);
    assert.ok(new Set(counts.map(([n]) => n)).size > 5);
    for (const [k, [mine, wanted]] of counts.entries()) assert.equal(mine, wanted, `${re} ${im}, pixel ${k}`);
    // Another set: as it stands, the tricorn has other counts.
    const plain = [...b.re.keys()].map((k) => escapes(1, b.re[k] as number, b.im[k] as number));
    assert.ok(plain.some((n, k) => n !== counts[k]?.[1]));
  }
});

test('its centre is turned to as many digits as the zoom needs', () => {
  const re = `-0.${'31415926535897932384626433832795'.repeat(4)}`;
  const im = `0.${'27182818284590452353602874713526'.repeat(4)}`;
  const { flags } = parseLocation(file(re, im, '1e100', '0'), 'x.kfr');
  const fixed = (text = '') => {
    const [, sign, digits = ''] = /^(-?)0\.(\d+)$/.exec(text) ?? [];
    const value = BigInt(digits.padEnd(160, '0').slice(0, 160));
    return sign ? -value : value;
  };
  const [x, y, a, b] = [fixed(flags.xpos), fixed(flags.ypos), fixed(re), fixed(im)];
  // x + iy = (a + ib)(1 + i) / sqrt(2): 2x² = (a - b)², 2y² = (a + b)².
  const off = (twice: bigint, square: bigint) => twice - square * square;
  for (const error of [off(2n * x * x, a - b), off(2n * y * y, a + b)]) {
    assert.ok((error < 0n ? -error : error) < 10n ** BigInt(320 - 115), String(error));
  }
  assert.deepEqual([x < 0n, y < 0n], [a - b < 0n, a + b < 0n]);
  assert.equal(flags.rotate, '45');
  assert.equal(digitsMissing(parseRequest(flags as RawRequest)), undefined);
});

test('a centre of too few digits still has too few when it is turned', () => {
  const { flags } = parseLocation(file('-0.314159265', '0.25', '1e30', '0'), 'x.kfr');
  assert.match(digitsMissing(parseRequest(flags as RawRequest)) ?? '', /this zoom needs 30 digits/);
});
