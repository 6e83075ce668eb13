/**
 * A request as the flags that ask for it: what is written into pictures and films, so that each can be rendered again.
 * Only what shapes the picture, every value of it, in a fixed order: the same request has the same text, whoever
 * computed it. `parseRequest` of these flags is the same request again.
 */

import { portablePalette } from './render/palette.js';
import { type FlagName, type RawRequest, type Request, SCHEMA, viewAt } from './request.js';
import type { Formula, Sampling } from './view/view.js';

const ELSEWHERE: ReadonlySet<string> = new Set<FlagName>([
  'outfile',
  'codec',
  'crf',
  'encoder-timeout',
  'shard',
  'block-size',
  'kernel',
]);

/** The flags that shape a picture, not where it goes or who computes it. */
export const PICTURE_FLAGS: ReadonlySet<string> = new Set(Object.keys(SCHEMA).filter((name) => !ELSEWHERE.has(name)));

/** Of the whole film, or of one of its frames as a still. Throws PALETTE_UNKNOWN, PALETTE_INVALID. */
export function flagsOf(request: Request, frame?: number): RawRequest {
  const { re, im, zoom } = frame === undefined ? request : viewAt(request, frame);
  return {
    ...formulaFlags(request.formula),
    xpos: re,
    ypos: im,
    zoom,
    rotate: String(request.rotation),
    ...(request.flip ? { flip: 'true' } : {}),
    width: String(request.width),
    height: String(request.height),
    iters: String(request.iterations),
    bailout: String(request.bailout),
    method: request.method,
    ...samplingFlags(request.sampling),
    ...(request.exact ? { exact: 'true' } : {}),
    ...colourFlags(request),
    ...(frame === undefined ? filmFlags(request) : {}),
  };
}

/** The same as JSON, in ASCII: it goes into any container. */
export function parametersOf(request: Request, frame?: number): string {
  const ascii = (c: string) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return JSON.stringify(flagsOf(request, frame)).replace(/[^\x20-\x7e]/g, ascii);
}

export function formulaFlags({ step, power, julia }: Formula): RawRequest {
  const constant = julia ? { 'julia-re': julia.re, 'julia-im': julia.im } : {};
  if (step !== 'holomorphic') return { formula: step, power: String(power), ...constant };
  if (julia) return { formula: 'julia', power: String(power), ...constant };
  return power === 2 ? { formula: 'mandelbrot' } : { formula: 'multibrot', power: String(power) };
}

function samplingFlags(sampling: Sampling): RawRequest {
  if (sampling.kind === 'grid') return { smoothness: String(sampling.side) };
  return { samples: String(sampling.count), seed: String(sampling.seed) };
}

function colourFlags({ colours }: Request): RawRequest {
  const { palette, step, density, offset, mode, interior, interpolation, legacy, slope } = colours;
  return {
    'color-mode': String(mode),
    ...(mode === 'palette' || mode === 'distance'
      ? {
          palette: portablePalette(palette),
          step: String(step),
          density: String(density),
          offset: String(offset),
          interpolation,
        }
      : {}),
    ...(interior === undefined ? {} : { interior }),
    'legacy-colors': String(legacy),
    ...(slope ? { slope: String(slope.strength), 'slope-angle': String(slope.angle) } : {}),
  };
}

function filmFlags({ film, ...start }: Request): RawRequest {
  const { frames, fps, end, ease } = film;
  if (frames === 1) return {};
  return {
    frames: String(frames),
    fps: String(fps),
    ...(end.zoom === start.zoom ? {} : { 'zoom-end': end.zoom }),
    ...(end.re === start.re ? {} : { 'xpos-end': end.re }),
    ...(end.im === start.im ? {} : { 'ypos-end': end.im }),
    ease: String(ease),
  };
}
