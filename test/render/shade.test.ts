import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Colours, DEFAULT_COLOURS, prepare } from '../../src/render/colours.js';
import type { Slope } from '../../src/render/lights.js';
import { toLinear } from '../../src/render/oklab.js';
import { paintLight } from '../../src/render/paint.js';

/** Linear light of one sample whose set lies at that vector's end; the palette is one grey. */
function lightAt(vector: readonly [number, number], some: Partial<Colours>, height = 720, nu = 9): number[] {
  const how = prepare({ ...DEFAULT_COLOURS, palette: '#808080,#808080', ...some }, height);
  const distance = Float64Array.from(vector);
  return [...paintLight({ nu: Float64Array.of(nu), perPixel: 1, iterations: 100, distance }, how)];
}

const GREY = toLinear(0x80 / 255);
const near = (found: number[], expected: number[]) =>
  found.forEach((value, i) => {
    assert.ok(Math.abs(value - expected[i]!) < 1e-6, `${found} against ${expected}`);
  });

test('a shade has its whole strength at the set, half of it at its width, a fifth at twice that', () => {
  const shade = { width: 3, strength: 0.8 };
  for (const [d, share] of [
    [0, 0.8],
    [3, 0.4],
    [6, 0.16],
  ] as const) {
    near(lightAt([0, d], { shade }), new Array(3).fill(GREY * (1 - share)));
    const green = lightAt([d, 0], { shade: { ...shade, colour: '#0f0' } });
    near(green, [GREY * (1 - share), GREY + share * (1 - GREY), GREY * (1 - share)]);
  }
});

test('the shade of a larger picture of the same place is the same, and of a smaller one no narrower', () => {
  const shade = { width: 2, strength: 1 };
  for (const d of [0.1, 1, 5, 30]) {
    near(lightAt([3 * d, 0], { shade }, 2160), lightAt([d, 0], { shade }, 720));
    near(lightAt([d, 0], { shade }, 90), lightAt([d, 0], { shade }, 720));
  }
});

test('the interior keeps its colour in a shade and in any light', () => {
  const slope: Slope = { strength: 1, angle: 30, highlights: { strength: 1, shininess: 1 } };
  const some = { interior: '#123456', slope, shade: { width: 5, strength: 1, colour: '#fff' } };
  near(
    lightAt([0, 0], some, 720, Infinity),
    [0x12, 0x34, 0x56].map((level) => toLinear(level / 255)),
  );
});

/** What docs/colours.md says of d at 720 rows. */
const fading = (d: number) => d / (0.5 + d + (d * d) / 180);
const glossFading = (d: number) => d / (0.5 + d + (d * d) / (0.03 * 720));

test('a highlight is that of the formula: strongest towards its light, the narrower the larger the exponent', () => {
  for (const shininess of [1, 2, 7, 40]) {
    for (const degrees of [0, 30, 90, 150, 180]) {
      const [d, turn] = [5, (degrees * Math.PI) / 180];
      const at: [number, number] = [d * Math.cos(turn), d * Math.sin(turn)];
      const slope = { strength: 0.5, angle: 0 };
      const [matt = 0] = lightAt(at, { slope });
      const glossy = lightAt(at, { slope: { ...slope, highlights: { strength: 0.6, shininess } } });
      const gloss = 0.6 * ((1 + Math.cos(turn)) / 2) ** shininess * glossFading(d);
      near(glossy, new Array(3).fill(matt + gloss * (1 - matt)));
    }
  }
});

test('a second light brightens what faces it in its colour, and leaves the rest as it is', () => {
  const slope = { strength: 0.5, angle: 0 };
  const lit = { ...slope, second: { strength: 0.8, angle: 90, colour: '#f00' } };
  near(lightAt([0, -4], { slope: lit }), lightAt([0, -4], { slope }));
  const shade = 0.8 * fading(4);
  const [red, green, blue] = lightAt([0, 4], { slope: lit });
  near([red!, green!, blue!], [(GREY * (1 + 2 * shade)) / (1 + 2 * shade * GREY), GREY, GREY]);
});

test('a coloured light brightens in its colour, and its shadows have none', () => {
  const slope = { strength: 0.5, angle: 0, colour: '#00f' };
  const shade = 0.5 * fading(4);
  near(lightAt([-4, 0], { slope }), new Array(3).fill(GREY * (1 - shade)));
  near(lightAt([4, 0], { slope }), [GREY, GREY, (GREY * (1 + 2 * shade)) / (1 + 2 * shade * GREY)]);
});

test('with any lights and shade light stays within 0 and 1', () => {
  const part = fc.double({ min: 0, max: 1, noNaN: true });
  const side = fc.double({ min: -1e6, max: 1e6, noNaN: true });
  const angle = fc.integer({ min: -720, max: 720 });
  fc.assert(
    fc.property(
      side,
      side,
      part,
      part,
      part,
      angle,
      fc.integer({ min: 1, max: 1000 }),
      (x, y, a, b, c, turn, shininess) => {
        const second = { strength: b || 1, angle: 2 * turn, colour: '#f80' };
        const slope = { strength: a || 1, angle: turn, highlights: { strength: c, shininess }, second };
        const light = lightAt([x, y], { slope, shade: { width: 1 + a, strength: b, colour: '#08f' } });
        assert.ok(
          light.every((value) => value >= 0 && value <= 1),
          `${light}`,
        );
      },
    ),
  );
});
