/** How large a picture is, how its pixels are sampled, and what zoom shows a view of a given width. */

import { FractalError } from '../errors.js';
import type { Colours } from '../render/colours.js';
import { isZoom, MAX_SIDE } from '../view/bounds.js';
import { numbersPerSample } from '../view/channels.js';
import { divide, formatDecimal, multiply, parseDecimal } from '../view/decimal.js';
import { samplesPerPixel } from '../view/view.js';
import { ZOOMS } from './flags/schemas.js';
import { hasDistance, hasPhase } from './request.js';
import { fixedSampling, type SamplingValues } from './sampling.js';
import { invalid, shorten } from './values.js';

/** A picture of more pixels than this is refused: 16,384 x 16,384. */
const MAX_PIXELS = 2 ** 28;
/** Bytes of one frame's samples. */
const MAX_FRAME_BYTES = 2 ** 32;

export interface SizeValues extends SamplingValues {
  readonly width: number;
  readonly height: number;
  readonly outfiles: readonly string[];
}

export interface Size {
  /** Pixels of the picture that is written. */
  readonly width: number;
  readonly height: number;
}

/** @throws FractalError REQUEST_INVALID, VIEW_TOO_LARGE */
export function sizeOf(v: SizeValues, colours: Colours): Size {
  if (v.samples && v.smoothness) throw invalid('--samples and --smoothness both set how a pixel is sampled: give one');
  if (v['full-size'] && !v.smoothness) throw invalid('--full-size keeps the picture of --smoothness: give that too');
  const scale = v['full-size'] ? (v.smoothness ?? 1) : 1;
  const width = v.width * scale;
  const height = v.height * scale;
  const sampling = fixedSampling(v);
  const size = `${width}x${height}`;
  if (Math.max(width, height) > MAX_SIDE) {
    throw new FractalError('VIEW_TOO_LARGE', `${size}: at most ${MAX_SIDE} pixels make a side`);
  }
  if (width * height > MAX_PIXELS) {
    const limit = `${MAX_PIXELS} (16384x16384)`;
    throw new FractalError('VIEW_TOO_LARGE', `${size} is ${width * height} pixels, at most ${limit} make a frame`);
  }
  const phase = hasPhase({ colours, outfiles: v.outfiles, sampling });
  const distance = hasDistance({ colours, outfiles: v.outfiles });
  const numbers = numbersPerSample({ ...(distance ? { distance } : {}), ...(phase ? { phase } : {}) });
  const bytes = width * height * samplesPerPixel(sampling) * numbers * 8;
  if (v.outfiles.some((name) => /\.(npy|exr)$/i.test(name)) && bytes > MAX_FRAME_BYTES) {
    const way = 'fewer pixels or samples fit';
    throw new FractalError('VIEW_TOO_LARGE', `the samples of ${size} are ${bytes} bytes, at most 2^32 fit: ${way}`);
  }
  return { width, height };
}

/**
 * zoom = 4 / height of the view = 4·W / (H·width of the view), exact to 30 digits beyond those given.
 * @throws FractalError REQUEST_INVALID
 */
export function zoomOfWidth(viewWidth: string, { width, height }: Size): string {
  const over = parseDecimal(String(4 * width));
  const under = parseDecimal(viewWidth);
  const rows = parseDecimal(String(height));
  if (!over || !under || !rows) throw invalid(`--view-width "${viewWidth}" is not a number`);
  const zoom = formatDecimal(divide(over, multiply(under, rows), 30 + viewWidth.length));
  if (!isZoom(zoom)) throw invalid(`--view-width "${shorten(viewWidth)}" makes a zoom that is not ${ZOOMS}`);
  return zoom;
}
