/** The nine colour formulas of older tools, on t = clamp(nu / limit): docs/colours.md lists them. */

import { clamp, type Triple } from './oklab.js';

export type Mode = 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8;

/** sRGB, each channel 0 to 1, of t in 0 to 1. */
export function modeColour(mode: Mode, t: number): Triple {
  const [r, g, b] = formula(mode, t);
  return [clamp(r), clamp(g), clamp(b)];
}

function formula(mode: Mode, t: number): Triple {
  const { cos, sin } = Math;
  const d = 200 * t;
  const u = 1 - t;
  switch (mode) {
    case 0:
      return t > 0 ? [1, 1, 1] : [0, 0, 0];
    case 1:
      return [t, t, t];
    case 2:
      return [9 * u * t * t * t, 15 * u * u * t * t, 8.5 * u * u * u * t];
    case 3:
      return [wave(3 + 15 * t), wave(3.6 + 15 * t), wave(4 + 15 * t)];
    case 4:
      return [wave(d + 3), wave(0.5 * d + 0.6), 0.5 + 0.5 * sin(0.35 * d + 1)];
    case 5:
      return [wave(d), wave(d + 1.33), wave(d + 2.66)];
    case 6:
      return [wave(d), 0.4 + 0.4 * cos(d + 2), 0.2 + 0.2 * cos(d + 4)];
    case 7:
      return [0.2 + 0.2 * cos(d + 4), wave(d + 2), 0.7 + 0.3 * cos(d)];
    case 8:
      return [wave(6 * d), wave(6 * d + 2), wave(6 * d + 4)];
  }
}

function wave(x: number): number {
  return 0.5 + 0.5 * Math.cos(x);
}
