/**
 * A request: what the user asked for, parsed once, here, from flags and request files. Every value arrives as text or
 * plain JSON and leaves as a checked, typed field; nothing behind this file meets a wrong value.
 */

import * as z from 'zod';
import { FractalError } from './errors.js';
import {
  type Colours,
  DEFAULT_COLOURS,
  DEFAULT_SLOPE,
  DISTANCE_PALETTE,
  LEGACY_STEP,
  needsDistance,
  type Slope,
} from './render/colours.js';
import {
  BAILOUT,
  isCoordinate,
  isZoom,
  MAX_DEGREES,
  MAX_DIGITS,
  MAX_ITERATIONS,
  MAX_SAMPLES,
  MAX_SIDE,
  POWER,
  ZOOM_LOG10,
} from './view/bounds.js';
import { divide, formatDecimal, log10, multiply, outlineOf, parseDecimal, wholeOf } from './view/decimal.js';
import { type Place, placeAt, timeOf } from './view/path.js';
import { type Formula, type Sampling, samplesPerPixel, type View } from './view/view.js';

export interface Request {
  readonly formula: Formula;
  readonly re: string;
  readonly im: string;
  readonly zoom: string;
  readonly rotation: number;
  /** The picture is mirrored top to bottom: its imaginary axis points down. */
  readonly flip: boolean;
  /** Pixels of the picture that is written. */
  readonly width: number;
  readonly height: number;
  readonly iterations: number;
  /** The limit is only a first guess: the view decides. */
  readonly autoIterations: boolean;
  readonly bailout: number;
  readonly count: View['count'];
  readonly sampling: Sampling;
  /** Exact iteration of perturbed points has no limit of time. */
  readonly exact: boolean;
  readonly colours: Colours;
  readonly film: Film;
  readonly outfile: string;
  readonly codec?: string;
  readonly crf?: number;
  /** Seconds without a sign of life after which the encoder is given up. */
  readonly patience?: number;
  readonly shape: 'row' | 'tile' | 'auto';
  readonly blockSize?: number;
  readonly kernel: 'auto' | 'simd' | 'gpu' | 'cpu';
  readonly method: 'auto' | 'direct' | 'perturbation';
  /** log10 of the zoom from which views are perturbed; undefined while `auto` is not settled. */
  readonly perturbedFrom?: number;
}

export interface Film {
  /** 1: a still. */
  readonly frames: number;
  readonly fps: number;
  /** Where the last frame is. */
  readonly end: Place;
  /** 0: even, 1: gently in and out. */
  readonly ease: number;
}

/** A picture of more pixels than this is refused: 16,384 x 16,384. */
const MAX_PIXELS = 2 ** 28;
/** Bytes of one frame's answer. */
const MAX_FRAME_BYTES = 2 ** 32;

const ZOOMS = `a number from 1e${ZOOM_LOG10.min} to 1e${ZOOM_LOG10.max}`;

function isBetween(value: number | undefined, min: number, max: number): boolean {
  return value !== undefined && value >= min && value <= max;
}

const text = z.string();
const whole = (min: number, max: number) =>
  text
    .refine((v) => isBetween(wholeOf(v), min, max), { message: `a whole number from ${min} to ${max}` })
    .transform((v) => wholeOf(v) as number);
const real = (min: number, max: number) =>
  text
    .refine((v) => parseDecimal(v) !== undefined && Number(v) >= min && Number(v) <= max, {
      message: `a number from ${min} to ${max}`,
    })
    .transform(Number);
/** The first of what it is not is told. */
const decimal = text
  .refine((v) => v.length <= MAX_DIGITS, { message: `a number of at most ${MAX_DIGITS} characters`, abort: true })
  .refine((v) => outlineOf(v) !== undefined, { message: 'a decimal number such as -0.75 or 1.5e-30', abort: true });
const coordinate = decimal.refine((v) => isCoordinate(v), { message: 'a number from -1e100 to 1e100' });
const positive = decimal.refine((v) => (parseDecimal(v)?.digits ?? 1n) > 0n, { message: 'a number above 0' });
const zoom = positive.refine((v) => isZoom(v), { message: ZOOMS });
const flag = z.enum(['true', 'false'], { message: 'true or false' }).transform((v) => v === 'true');
const oneOf = <T extends string>(...names: T[]) =>
  z.enum(names as [T, ...T[]], { message: `one of ${names.join(', ')}` });
const hex = text.regex(/^#?([0-9a-f]{3}|[0-9a-f]{6})$/i, { message: 'a hex colour such as #102030' });

/** Every flag that shapes a picture, by its name on the command line. */
export const SCHEMA = {
  xpos: coordinate,
  ypos: coordinate,
  zoom,
  'view-width': positive,
  rotate: real(-MAX_DEGREES, MAX_DEGREES),
  flip: flag,
  width: whole(1, 1 << 17),
  height: whole(1, 1 << 17),
  iters: z.union([z.literal('auto'), whole(1, MAX_ITERATIONS)], {
    message: `auto, or a whole number from 1 to 2^48`,
  }),
  formula: oneOf('mandelbrot', 'multibrot', 'julia', 'burning-ship', 'tricorn'),
  power: whole(POWER.min, POWER.max),
  'julia-re': coordinate,
  'julia-im': coordinate,
  bailout: real(BAILOUT.min, BAILOUT.max),
  samples: whole(1, MAX_SAMPLES),
  seed: whole(0, 2 ** 31 - 1),
  smoothness: whole(1, 64),
  'full-size': flag,
  exact: flag,
  palette: text.min(1, { message: 'the name of a palette' }),
  step: whole(1, 1_000_000),
  density: real(0, 1e6),
  offset: real(-1e6, 1e6),
  'color-mode': oneOf('palette', 'distance', '0', '1', '2', '3', '4', '5', '6', '7', '8'),
  interior: hex,
  interpolation: oneOf('oklab', 'linear', 'cosine'),
  'legacy-colors': flag,
  slope: z.union([z.enum(['', 'true']).transform(() => DEFAULT_SLOPE.strength), real(0, 1)], {
    message: 'a number from 0 to 1',
  }),
  'slope-angle': real(-36_000, 36_000),
  frames: whole(1, 1_000_000),
  fps: real(0.1, 240),
  'zoom-end': zoom,
  'view-width-end': positive,
  'xpos-end': coordinate,
  'ypos-end': coordinate,
  ease: real(0, 1),
  outfile: text.min(1, { message: 'a file name' }),
  codec: text.regex(/^[\w-]+$/, { message: "the name of one of ffmpeg's encoders" }),
  crf: whole(0, 63),
  'encoder-timeout': whole(1, 86_400),
  shard: oneOf('row', 'tile', 'auto'),
  'block-size': whole(1, 65_536),
  kernel: oneOf('auto', 'simd', 'gpu', 'cpu'),
  method: oneOf('auto', 'direct', 'perturbation'),
} as const;

export type FlagName = keyof typeof SCHEMA;
/** Raw values, as text; what is absent takes its default. */
export type RawRequest = Partial<Record<FlagName, string>>;
type Parsed = { [K in FlagName]?: z.output<(typeof SCHEMA)[K]> };

/** The Julia set shown when nobody names another. */
const DEFAULT_JULIA = { re: '-0.8', im: '0.156' };

/**
 * @throws FractalError REQUEST_INVALID or VIEW_TOO_LARGE, naming flag and value. Palettes and outfiles are checked
 * where they are opened.
 */
export function parseRequest(raw: RawRequest): Request {
  const v = parseFlags(raw);
  const legacy = v['legacy-colors'] ?? false;
  const colours = coloursOf(v, legacy);
  refuseBeyondKernel(v, colours);
  refuseExactDirect(v);
  const { width, height, sampling } = sizeOf(v, needsDistance(colours) ? 3 : 1);
  const zoom = v.zoom ?? (v['view-width'] ? zoomOfWidth(v['view-width'], width, height) : '42.43278');
  if (v.zoom && v['view-width']) throw invalid('--zoom and --view-width both say how much is shown: give one of them');
  const centre = { re: v.xpos ?? '-0.00275', im: v.ypos ?? '0.78912' };
  if (v['zoom-end'] && v['view-width-end']) throw invalid('--zoom-end and --view-width-end: give one of them');
  const widthEnd = v['view-width-end'];
  const zoomEnd = v['zoom-end'] ?? (widthEnd ? zoomOfWidth(widthEnd, width, height) : zoom);
  const end = { re: v['xpos-end'] ?? centre.re, im: v['ypos-end'] ?? centre.im, zoom: zoomEnd };
  const frames = v.frames ?? 1;
  const moves = v['zoom-end'] ?? widthEnd ?? v['xpos-end'] ?? v['ypos-end'];
  if (moves !== undefined && frames === 1) throw invalid('a film that goes somewhere needs --frames of at least 2');
  const auto = v.iters === undefined || v.iters === 'auto';
  const deepest = Math.max(depthOf(zoom), depthOf(end.zoom));
  return {
    formula: formulaOf(v),
    ...centre,
    zoom,
    rotation: v.rotate ?? 0,
    flip: v.flip ?? false,
    width,
    height,
    iterations: auto ? iterationsAt(deepest) : (v.iters as number),
    autoIterations: auto,
    bailout: v.bailout ?? 65_536,
    count: legacy ? 'whole' : 'smooth',
    sampling,
    exact: v.exact ?? false,
    colours,
    film: { frames, fps: v.fps ?? 30, end, ease: v.ease ?? 0 },
    outfile: v.outfile ?? (frames > 1 ? 'fractal.mp4' : 'fractal.png'),
    ...(v.codec === undefined ? {} : { codec: v.codec }),
    ...(v.crf === undefined ? {} : { crf: v.crf }),
    ...(v['encoder-timeout'] === undefined ? {} : { patience: v['encoder-timeout'] }),
    shape: v.shard ?? 'auto',
    ...(v['block-size'] === undefined ? {} : { blockSize: v['block-size'] }),
    kernel: v.kernel ?? 'auto',
    method: v.method ?? 'auto',
  };
}

/** The view of one frame. */
export function viewAt(request: Request, frame: number): View {
  const { formula, rotation, width, height, iterations, bailout, count, sampling, film, colours } = request;
  const start = { re: request.re, im: request.im, zoom: request.zoom };
  const place = placeAt(start, film.end, timeOf(frame, film.frames, film.ease));
  const distance = needsDistance(colours) ? ({ distance: true } as const) : {};
  const isPerturbed = depthOf(place.zoom) >= (request.perturbedFrom ?? Infinity);
  const perturbed = isPerturbed ? ({ perturbed: true } as const) : {};
  const exact = isPerturbed && request.exact ? ({ exact: true } as const) : {};
  return {
    formula,
    ...place,
    rotation,
    width,
    height,
    iterations,
    bailout,
    count,
    sampling,
    ...perturbed,
    ...exact,
    ...distance,
  };
}

function parseFlags(raw: RawRequest): Parsed {
  const parsed: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(raw)) {
    if (value === undefined) continue;
    const result = SCHEMA[name as FlagName].safeParse(value);
    if (!result.success) throw invalid(`--${name} "${shorten(value)}" is not ${result.error.issues[0]?.message}`);
    parsed[name] = result.data;
  }
  return parsed as Parsed;
}

/** What a flag wants to be, when a value is not that; undefined for a value that it takes. */
export function wantedOf(name: FlagName, value: string): string | undefined {
  const result = SCHEMA[name].safeParse(value);
  return result.success ? undefined : result.error.issues[0]?.message;
}

function invalid(sentence: string): FractalError {
  return new FractalError('REQUEST_INVALID', sentence);
}

function shorten(value: string): string {
  return value.length > 60 ? `${value.slice(0, 57)}...` : value;
}

function sizeOf(v: Parsed, channels: number): { width: number; height: number; sampling: Sampling } {
  if (v.samples && v.smoothness) throw invalid('--samples and --smoothness both say how a pixel is sampled: give one');
  if (v['full-size'] && !v.smoothness) throw invalid('--full-size keeps the picture of --smoothness: give that too');
  const side = v.smoothness ?? 1;
  const scale = v['full-size'] ? side : 1;
  const width = (v.width ?? 1280) * scale;
  const height = (v.height ?? 720) * scale;
  const sampling: Sampling =
    (v.samples ?? 1) > 1
      ? { kind: 'jittered', count: v.samples ?? 1, seed: v.seed ?? 0 }
      : { kind: 'grid', side: v['full-size'] ? 1 : side };
  const size = `${width}x${height}`;
  if (Math.max(width, height) > MAX_SIDE) {
    throw new FractalError('VIEW_TOO_LARGE', `${size}: at most ${MAX_SIDE} pixels make a side`);
  }
  if (width * height > MAX_PIXELS) {
    const limit = `${MAX_PIXELS} (16384x16384)`;
    throw new FractalError('VIEW_TOO_LARGE', `${size} is ${width * height} pixels, at most ${limit} make a frame`);
  }
  const bytes = width * height * samplesPerPixel(sampling) * channels * 8;
  if (v.outfile?.endsWith('.npy') && bytes > MAX_FRAME_BYTES) {
    const way = 'fewer pixels or samples fit';
    throw new FractalError('VIEW_TOO_LARGE', `the samples of ${size} are ${bytes} bytes, at most 2^32 fit: ${way}`);
  }
  return { width, height, sampling };
}

/** zoom = 4 / height of the view = 4·W / (H·width of the view), exact to 30 digits beyond those given. */
function zoomOfWidth(viewWidth: string, width: number, height: number): string {
  const over = parseDecimal(String(4 * width));
  const under = parseDecimal(viewWidth);
  const rows = parseDecimal(String(height));
  if (!over || !under || !rows) throw invalid(`--view-width "${viewWidth}" is not a number`);
  const zoom = formatDecimal(divide(over, multiply(under, rows), 30 + viewWidth.length));
  if (!isZoom(zoom)) throw invalid(`--view-width "${shorten(viewWidth)}" makes a zoom that is not ${ZOOMS}`);
  return zoom;
}

function depthOf(zoom: string): number {
  const d = parseDecimal(zoom);
  return d ? Math.max(0, log10(d)) : 0;
}

/** A limit that shows what there is at a depth (in powers of ten) without drowning in it. */
export function iterationsAt(depth: number): number {
  return Math.round(500 + 400 * depth ** 1.5);
}

function formulaOf(v: Parsed): Formula {
  const name = v.formula ?? 'mandelbrot';
  if (v.power !== undefined && v.power !== 2 && name === 'mandelbrot') {
    throw invalid(`--power ${v.power} belongs to --formula multibrot, julia, burning-ship or tricorn`);
  }
  const step = name === 'burning-ship' || name === 'tricorn' ? name : 'holomorphic';
  const power = v.power ?? (name === 'multibrot' ? 3 : 2);
  const [re, im] = [v['julia-re'], v['julia-im']];
  if (re === undefined && im === undefined) {
    return name === 'julia' ? { step, power, julia: DEFAULT_JULIA } : { step, power };
  }
  return { step, power, julia: { re: re ?? '0', im: im ?? '0' } };
}

function coloursOf(v: Parsed, legacy: boolean): Colours {
  const mode = v['color-mode'] ?? 'palette';
  const slope = slopeOf(v);
  return {
    palette: v.palette ?? (mode === 'distance' ? DISTANCE_PALETTE : DEFAULT_COLOURS.palette),
    step: v.step ?? (legacy ? LEGACY_STEP : DEFAULT_COLOURS.step),
    density: v.density ?? DEFAULT_COLOURS.density,
    offset: v.offset ?? DEFAULT_COLOURS.offset,
    mode: mode === 'palette' || mode === 'distance' ? mode : (Number(mode) as Colours['mode']),
    interpolation: v.interpolation ?? DEFAULT_COLOURS.interpolation,
    legacy,
    ...(v.interior === undefined ? {} : { interior: v.interior }),
    ...(slope ? { slope } : {}),
  };
}

function slopeOf(v: Parsed): Slope | undefined {
  if (v.slope === undefined && v['slope-angle'] !== undefined)
    throw invalid('--slope-angle turns the light of --slope: give that too');
  return v.slope ? { strength: v.slope, angle: v['slope-angle'] ?? DEFAULT_SLOPE.angle } : undefined;
}

/** Only perturbed points have error bounds, by which some are iterated exactly. */
function refuseExactDirect({ exact, kernel, method }: Parsed): void {
  if (!exact) return;
  if (kernel === 'gpu' || kernel === 'cpu')
    throw invalid(`--exact: --kernel ${kernel} iterates directly: use --kernel simd`);
  if (method === 'direct')
    throw invalid('--exact needs --method auto or perturbation: direct iteration has no error bound');
}

/** Only one kernel knows distances. */
function refuseBeyondKernel({ kernel, method }: Parsed, colours: Colours): void {
  if (kernel !== 'gpu' && kernel !== 'cpu') return;
  if (method === 'perturbation') throw invalid(`--kernel ${kernel} iterates directly: use --kernel simd to perturb`);
  if (!needsDistance(colours)) return;
  const flag = colours.mode === 'distance' ? '--color-mode distance' : '--slope';
  throw invalid(`${flag} needs the distance to the set, which --kernel ${kernel} does not compute: use --kernel simd`);
}
