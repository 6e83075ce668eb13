/**
 * Colour spaces: sRGB (IEC 61966-2-1), linear light, and OKLab (B. Ottosson, "A perceptual color space for image
 * processing", 2020). Everything here is + - * / and sqrt alone: Math.pow and Math.cbrt may differ in the last bit
 * between engines, and a colour must be the same on every worker.
 */

export type Triple = readonly [number, number, number];

/** Linear light, 0 to 1, of an sRGB value, 0 to 1. */
export function toLinear(srgb: number): number {
  if (srgb <= 0) return 0;
  if (srgb >= 1) return 1;
  if (srgb <= 0.04045) return srgb / 12.92;
  const x = (srgb + 0.055) / 1.055;
  return x * x * root(x * x, 5);
}

/** THRESHOLDS[k]: the linear light from which on the 8-bit sRGB level is k; that of level k - 1/2. */
const THRESHOLDS = Float64Array.from({ length: 256 }, (_, k) => (k === 0 ? 0 : toLinear((k - 0.5) / 255)));
const CELLS = 4096;
/** The level at the lower end of each of 4096 cells of linear light: where the search starts. */
const START = startLevels();

function startLevels(): Uint8Array {
  const levels = new Uint8Array(CELLS + 1);
  let k = 0;
  for (let i = 0; i <= CELLS; i++) {
    while (k < 255 && (THRESHOLDS[k + 1] as number) <= i / CELLS) k++;
    levels[i] = k;
  }
  return levels;
}

/** The tables behind `toLevel`, for code that has them in memory of its own. */
export const LEVEL_TABLES = { thresholds: THRESHOLDS, cells: CELLS, start: START } as const;

/** The 8-bit sRGB level nearest to linear light in 0 to 1. */
export function toLevel(linear: number): number {
  let k = START[(linear * CELLS) | 0] as number;
  while (k < 255 && linear >= (THRESHOLDS[k + 1] as number)) k++;
  return k;
}

/** OKLab of linear light. */
export function toOklab([r, g, b]: Triple): Triple {
  const l = root(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b, 3);
  const m = root(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b, 3);
  const s = root(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b, 3);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}

/** Linear light of OKLab, clamped to the gamut 0 to 1. */
export function fromOklab(lightness: number, a: number, b: number): Triple {
  const l = cube(lightness + 0.3963377774 * a + 0.2158037573 * b);
  const m = cube(lightness - 0.1055613458 * a - 0.0638541728 * b);
  const s = cube(lightness - 0.0894841775 * a - 1.291485548 * b);
  return [
    clamp(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
    clamp(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
    clamp(-0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s),
  ];
}

function cube(x: number): number {
  return x * x * x;
}

export function clamp(value: number): number {
  return value > 0 ? Math.min(value, 1) : 0;
}

/** The n-th root of 0 to about 1: Newton from above, down to the last bit. */
function root(value: number, n: number): number {
  if (value <= 0) return 0;
  let y = Math.max(value, 1);
  for (;;) {
    let power = y;
    for (let i = 2; i < n; i++) power *= y;
    const next = y - (y - value / power) / n;
    if (next >= y) return y;
    y = next;
  }
}
