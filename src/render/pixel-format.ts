/** What the name of one of ffmpeg's pixel formats says: `yuv420p`, `yuv422p10le`, `gbrp16le`, `rgb48be`. */

import { FractalError } from '../errors.js';

export interface PixelFormat {
  readonly name: string;
  readonly model: 'yuv' | 'rgb' | 'grey';
  /** Of a channel. */
  readonly bits: number;
  /** Colours for 2 x 2 pixels: 444 four, 422 two, 420 one. */
  readonly chroma: '444' | '422' | '420';
  /** Of levels: tv 16 to 235 of 8 bits, pc all. */
  readonly range: 'tv' | 'pc';
}

const PACKED = new Set(['rgb24', 'bgr24', '0rgb', 'rgb0', '0bgr', 'bgr0', 'rgba', 'bgra', 'argb', 'abgr']);

/** @throws FractalError OUTFILE_FORMAT for a name that is none of these */
export function pixelFormat(name: string): PixelFormat {
  const planar = /^yuv(j?)a?(420|422|444)p(\d*)(?:le|be)?$/.exec(name);
  if (planar) {
    const [, full, chroma, bits] = planar;
    return { name, model: 'yuv', bits: Number(bits || 8), chroma: chroma as '420', range: full ? 'pc' : 'tv' };
  }
  const rgb = { name, model: 'rgb', chroma: '444', range: 'pc' } as const;
  if (PACKED.has(name)) return { ...rgb, bits: 8 };
  if (/^(rgb48|bgr48|rgba64|bgra64)(le|be)$/.test(name)) return { ...rgb, bits: 16 };
  const planes = /^gbra?p(\d*)(?:le|be)?$/.exec(name);
  if (planes) return { ...rgb, bits: Number(planes[1] || 8) };
  const grey = /^gray(\d*)(?:le|be)?$/.exec(name);
  if (grey) return { ...rgb, model: 'grey', bits: Number(grey[1] || 8) };
  if (/^nv12$|^nv21$/.test(name)) return { name, model: 'yuv', bits: 8, chroma: '420', range: 'tv' };
  if (/^p010(le|be)$/.test(name)) return { name, model: 'yuv', bits: 10, chroma: '420', range: 'tv' };
  throw new FractalError(
    'OUTFILE_FORMAT',
    `the pixel format "${name}" is unknown; known are yuv420p, yuv422p, yuv444p, also with 10le or 12le behind, rgb24, gbrp, gbrp10le, rgb48be`,
  );
}
