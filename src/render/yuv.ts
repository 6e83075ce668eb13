/**
 * 8-bit Y'CbCr of BT.709 (ITU-R BT.709-6, 3), limited range, 4:2:0: what most encoders of films take. The colours of 2 x 2 pixels
 * are those of their mean. Whole numbers only: the same bytes everywhere, and as film/assembly/finish.ts makes them.
 */

import { setImmediate as turn } from 'node:timers/promises';
import type { Planes, Size } from '../shard/frame.js';

/** Of red, green and blue in Y', Cb and Cr, in units of 2^-15; those of Y' add up to 219 / 255, the others to 0. */
export const YUV = {
  y: [5983, 20127, 2032],
  u: [-3298, -11094, 14392],
  v: [14392, -13072, -1320],
} as const;

/** Whether a picture of this size can have such planes. */
export function hasPlanes({ width, height }: Size): boolean {
  return width % 2 === 0 && height % 2 === 0;
}

/** The event loop runs between any two steps of so many pixels, which take some milliseconds. */
const STEP_PIXELS = 256 << 10;

/** Of 8-bit sRGB, 3 bytes a pixel, whose width and height are even. */
export async function planesOf(rgb: Uint8Array, size: Size): Promise<Planes> {
  const yuv = new Uint8Array(1.5 * size.width * size.height);
  const rows = 2 * Math.ceil(STEP_PIXELS / (2 * size.width));
  for (let top = 0; top < size.height; top += rows) {
    if (top > 0) await turn();
    rowsOf(rgb, size, yuv, top, Math.min(size.height, top + rows));
  }
  return { kind: 'planes', yuv };
}

/** From row `top` to the one before `bottom`; both are even. */
function rowsOf(rgb: Uint8Array, { width, height }: Size, yuv: Uint8Array, top: number, bottom: number): void {
  const [yr, yg, yb] = YUV.y;
  for (let i = top * width, k = 3 * i; i < bottom * width; i++, k += 3) {
    const sum = yr * (rgb[k] as number) + yg * (rgb[k + 1] as number) + yb * (rgb[k + 2] as number);
    yuv[i] = (sum + (16 << 15) + (1 << 14)) >> 15;
  }
  const [ur, ug, ub] = YUV.u;
  const [vr, vg, vb] = YUV.v;
  const pixels = width * height;
  const row = 3 * width;
  let u = pixels + (top * width) / 4;
  let v = u + pixels / 4;
  for (let y = top; y < bottom; y += 2) {
    for (let k = y * row, end = k + row; k < end; k += 6) {
      const r = fourOf(rgb, k, row);
      const g = fourOf(rgb, k + 1, row);
      const b = fourOf(rgb, k + 2, row);
      yuv[u++] = (ur * r + ug * g + ub * b + (128 << 17) + (1 << 16)) >> 17;
      yuv[v++] = (vr * r + vg * g + vb * b + (128 << 17) + (1 << 16)) >> 17;
    }
  }
}

function fourOf(rgb: Uint8Array, at: number, row: number): number {
  const below = at + row;
  return (rgb[at] as number) + (rgb[at + 3] as number) + (rgb[below] as number) + (rgb[below + 3] as number);
}

/** 8-bit sRGB of planes, 3 bytes a pixel: within two levels of what they were made of where colours are even. */
export function rgbOfPlanes({ yuv }: Planes, { width, height }: Size): Uint8Array {
  const pixels = width * height;
  const rgb = new Uint8ClampedArray(3 * pixels);
  for (let y = 0, k = 0; y < height; y++) {
    for (let x = 0; x < width; x++, k += 3) {
      const colour = pixels + (width / 2) * (y >> 1) + (x >> 1);
      const light = (255 / 219) * ((yuv[width * y + x] as number) - 16);
      const u = (255 / 224) * ((yuv[colour] as number) - 128);
      const v = (255 / 224) * ((yuv[colour + pixels / 4] as number) - 128);
      rgb[k] = light + 1.5748 * v;
      rgb[k + 1] = light - 0.1873 * u - 0.4681 * v;
      rgb[k + 2] = light + 1.8556 * u;
    }
  }
  return new Uint8Array(rgb.buffer);
}
