/** Small renderings of a request before the request itself: at a quarter of its size, and some frames of a film on one sheet. */

import { extname } from 'node:path';
import { FractalError } from '../errors.js';
import { type Request, viewAt } from '../request/request.js';
import { zoomText } from '../view/zoom-text.js';

/** Frames of a film that are computed at a small size, for a contact sheet. */
export interface SheetOrder {
  /** By place on the sheet: frames of the film. */
  readonly frames: readonly number[];
  /** Below them. */
  readonly captions: readonly string[];
  /** Of the film itself. */
  readonly size: Pick<Request, 'width' | 'height'>;
}

const PART = 4;
const FEWEST_PIXELS = 16;
const SHEET_FRAMES = 24;

/**
 * The same at a quarter of the width and of the height, into NAME.preview.EXT.
 * @throws FractalError REQUEST_INVALID for an outfile without extension, such as a pipe
 */
export function previewOf(request: Request): Request {
  return { ...small(request), outfile: previewName(request.outfile), outfiles: request.outfiles.map(previewName) };
}

function previewName(outfile: string): string {
  const extension = extname(outfile);
  if (extension === '') {
    const why = `--preview writes a file beside the outfile, and "${outfile}" has no extension to name it by`;
    throw new FractalError('REQUEST_INVALID', why);
  }
  return `${outfile.slice(0, -extension.length)}.preview${extension}`;
}

/** At most SHEET_FRAMES frames of a film, evenly spread in time, the first and the last among them. */
export function sheetOf(request: Request, outfile: string): { request: Request; sheet: SheetOrder } {
  const { first, last, fps } = request.film;
  const count = Math.min(SHEET_FRAMES, last - first + 1);
  const step = (last - first) / Math.max(1, count - 1);
  const shown = Array.from({ length: count }, (_, k) => first + Math.round(k * step));
  return {
    request: { ...small(request), outfile, outfiles: [outfile] },
    sheet: {
      frames: shown,
      captions: shown.map((frame) => `${(frame / fps).toFixed(1)}s  x${zoomText(viewAt(request, frame).zoom)}`),
      size: { width: request.width, height: request.height },
    },
  };
}

function small(request: Request): Request {
  // An even number of pixels, as most films have.
  const side = (pixels: number) => Math.min(pixels, Math.max(FEWEST_PIXELS, 2 * Math.round(pixels / PART / 2)));
  return { ...request, width: side(request.width), height: side(request.height) };
}
