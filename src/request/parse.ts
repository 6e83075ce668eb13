/** From flags as text to a `Request`: each value by the schema of its flag, then what flags mean together. */

import {
  type Colours,
  DEFAULT_COLOURS,
  DISTANCE_PALETTE,
  LEGACY_STEP,
  type WantedPatterns,
} from '../render/colours.js';
import { isInteriorKind } from '../render/interior-colour.js';
import { DEFAULT_WAVE_STRENGTH, type Wave } from '../render/wave.js';
import type { Keyframe } from '../view/path/keyframe.js';
import type { Formula } from '../view/view.js';
import { filmOf } from './film.js';
import { PICTURE_FLAGS } from './flags/index.js';
import { DEFAULT_ZOOM } from './flags/view.js';
import { formulaOf, pointsDown } from './formula.js';
import { encodingOf, outfilesOf } from './output.js';
import {
  depthAt,
  hasDistance,
  iterationsAt,
  landmarks,
  largestLimit,
  type Request,
  stillOf,
  viewAt,
} from './request.js';
import { samplingOf } from './sampling.js';
import { shadeOf, slopeOf } from './shading.js';
import { type Size, sizeOf, zoomOfWidth } from './size.js';
import { invalid, shorten, type Values, valuesOf } from './values.js';

/** The flags that a `Request` is made of. */
export type PictureFlag = keyof typeof PICTURE_FLAGS;
/** Values as text; a flag that is absent has its default. */
export type RawRequest = Readonly<Partial<Record<PictureFlag, string>>>;
type PictureValues = Values<typeof PICTURE_FLAGS>;

/**
 * Palettes and outfiles are checked where they are opened.
 * @throws FractalError REQUEST_INVALID or VIEW_TOO_LARGE, naming flag and value
 */
export function parseRequest(raw: RawRequest): Request {
  return requestOf(valuesOf(PICTURE_FLAGS, raw));
}

/** @throws FractalError REQUEST_INVALID or VIEW_TOO_LARGE */
export function requestOf(v: PictureValues): Request {
  const colours = coloursOf(v);
  const named = outfilesOf(v);
  if (hasDistance({ colours, outfiles: named })) refuseDistance(v, colours);
  refuseBeyondKernel(v);
  refuseExactDirect(v);
  const size = sizeOf({ ...v, outfiles: named }, colours);
  const start = { re: v.xpos, im: v.ypos, zoom: zoomOf(v, size) };
  const formula = formulaOf(v);
  refuseCycles(v, colours, formula);
  const film = filmOf(v, { ...start, formula, colours }, size);
  const [outfile = film.last > film.first ? 'fractal.mp4' : 'fractal.png'] = named;
  const sampling = samplingOf(v, { film, colours, outfiles: named });
  const request: Request = {
    formula,
    ...start,
    rotation: v.rotate,
    stretch: { factor: v.stretch, angle: v.stretch === 1 ? 0 : v['stretch-angle'], skew: v.skew },
    flip: v.flip ?? pointsDown(formula),
    ...size,
    sampling,
    iterations: typeof v.iters === 'number' ? v.iters : 1,
    autoIterations: v.iters === 'auto',
    bailout: v.bailout,
    count: colours.legacy ? 'whole' : 'smooth',
    exact: v.exact,
    colours: { ...colours, ...mappingOf(v, film), filter: filters(v, { film, colours, sampling }) },
    film,
    outfile,
    outfiles: [outfile, ...named.slice(1)],
    dither: v.dither && !colours.legacy,
    encoding: encodingOf(v),
    shape: v.shard,
    ...(v['block-size'] === undefined ? {} : { blockSize: v['block-size'] }),
    kernel: v.kernel,
    method: v.method,
  };
  return withLimit(onPath(request), stepped(v));
}

/** The request with the values of its first and last frame. */
function onPath(request: Request): Request {
  const { path, frames } = request.film;
  if (!path) return request;
  const still = stillOf(request, 0);
  if (frames === 1) return still;
  const { film, outfile, ...start } = still;
  const { re, im, zoom } = viewAt(request, frames - 1);
  return { ...request, ...start, film: { ...request.film, end: { re, im, zoom } } };
}

/** --iters-step adds to the limit of each frame. */
function stepped({ iters, 'iters-step': step }: PictureValues): PictureValues['iters'] {
  if (step === 0) return iters;
  if (iters === 'auto')
    throw invalid('--iters-step adds to --iters, which auto leaves open: give --iters a number or an expression');
  const limit = typeof iters === 'number' ? String(iters) : iters.limit;
  if (limit.includes(':'))
    throw invalid(`--iters-step adds to a number or an expression, but --iters "${shorten(limit)}" has steps by zoom`);
  return { limit: `${limit} + ${step}*frame` };
}

function withLimit(request: Request, iters: PictureValues['iters']): Request {
  if (typeof iters === 'number') return request;
  if (iters === 'auto') {
    const depths = landmarks(request).map((frame) => depthAt(request, frame));
    return { ...request, iterations: iterationsAt(Math.max(0, ...depths)) };
  }
  const limited = { ...request, film: { ...request.film, limit: iters.limit } };
  const iterations = largestLimit(limited);
  return { ...(request.film.frames > 1 ? limited : request), iterations };
}

function zoomOf(v: PictureValues, size: Size): string {
  const width = v['view-width'];
  if (v.zoom && width) throw invalid('--zoom and --view-width both set the size of the view: give one of them');
  return v.zoom ?? (width ? zoomOfWidth(width, size) : DEFAULT_ZOOM);
}

function coloursOf(v: PictureValues): Colours {
  const mode = v['color-mode'];
  const legacy = v['legacy-colors'];
  const slope = slopeOf(v);
  const shade = shadeOf(v);
  const patterns = patternsOf(v);
  const wave = waveOf(v);
  return {
    palette: v.palette ?? (mode === 'distance' ? DISTANCE_PALETTE : DEFAULT_COLOURS.palette),
    step: v.step ?? (legacy ? LEGACY_STEP : DEFAULT_COLOURS.step),
    density: v.density ?? 1,
    offset: v.offset ?? 0,
    mode: mode === 'palette' || mode === 'distance' ? mode : (Number(mode) as Colours['mode']),
    interpolation: v.interpolation,
    legacy,
    filter: false,
    ...(v.interior === undefined ? {} : { interior: v.interior }),
    ...(patterns ? { patterns } : {}),
    ...(wave ? { wave } : {}),
    ...(slope ? { slope } : {}),
    ...(shade ? { shade } : {}),
  };
}

/** Without a flag: in films from keyframes, which have few samples for many pixels, and where samples are adaptive, which noise would multiply. */
function filters(
  v: PictureValues,
  { film, colours, sampling }: Pick<Request, 'film' | 'colours' | 'sampling'>,
): boolean {
  const shares = film.frames > 1 && film.assembly !== 'frames';
  return (
    (v['palette-filter'] ?? (shares || sampling.kind === 'adaptive' || colours.patterns !== undefined)) &&
    colours.mode === 'palette' &&
    !colours.legacy
  );
}

/** With a smaller bailout |c| is not small beside the iterates after the escape. */
const LEAST_BAILOUT = 16;

/** Patterns are means over the footprints of samples, and go on from band to band by the fraction of smooth counts. */
function patternsOf(v: PictureValues): WantedPatterns | undefined {
  const { stripes, decomposition, 'field-lines': lines, texture: spec } = v;
  if (!spec && v['texture-strength'] !== undefined)
    throw invalid('--texture-strength is the share of --texture: give that too');
  const patterns = {
    ...(stripes ? { stripes } : {}),
    ...(decomposition ? { decomposition } : {}),
    ...(lines ? { lines } : {}),
    ...(spec ? { texture: { spec, strength: v['texture-strength'] ?? 1 } } : {}),
  };
  const [flag] = Object.keys(patterns).map((name) => (name === 'lines' ? '--field-lines' : `--${name}`));
  if (!flag) return undefined;
  if (v['legacy-colors']) throw invalid(`${flag} needs smooth counts, which --legacy-colors does not have`);
  if (v.bailout < LEAST_BAILOUT)
    throw invalid(`${flag} needs a --bailout of at least ${LEAST_BAILOUT}: below it patterns break where bands meet`);
  if (v['palette-filter'] === false)
    throw invalid(`${flag} needs the footprints of samples, without which --no-palette-filter paints: leave one out`);
  if (v.kernel === 'gpu' || v.kernel === 'cpu')
    throw invalid(`${flag} needs the phase of samples, which --kernel ${v.kernel} does not compute: use --kernel simd`);
  return patterns;
}

function waveOf(v: PictureValues): Wave | undefined {
  const { wave, 'wave-strength': strength = DEFAULT_WAVE_STRENGTH } = v;
  if (wave === undefined && v['wave-strength'] !== undefined)
    throw invalid('--wave-strength is how far --wave goes: give that too');
  if (wave === undefined) return undefined;
  if (v['color-mode'] !== 'palette' || v['legacy-colors'])
    throw invalid(
      `--wave is about the palette along smooth counts: leave out ${v['legacy-colors'] ? '--legacy-colors' : '--color-mode'}`,
    );
  return { perCycle: wave, strength };
}

/** Without a flag `auto`, unless it is given otherwise how colours run along the counts, for any frame. */
function mappingOf(v: PictureValues, film: Request['film']): Pick<Colours, 'mapping' | 'curve'> {
  const { colors, equalize, 'color-curve': curve } = v;
  const counts = v['color-mode'] === 'palette' && !v['legacy-colors'];
  if (curve && (equalize || colors === 'auto'))
    throw invalid(`--color-curve is what ${equalize ? '--equalize' : '--colors auto'} would find: give one of them`);
  if (equalize && (colors === 'fixed' || colors === 'found'))
    throw invalid(`--equalize finds colours, and --colors ${colors} has them: give one of them`);
  if (!counts) {
    if (curve || equalize)
      throw invalid(`${curve ? '--color-curve' : '--equalize'} needs --color-mode palette, and smooth counts`);
    return {};
  }
  const later: readonly Pick<Keyframe, 'density' | 'offset'>[] = film.path?.keyframes ?? [film.ends];
  const given = [v, ...later].some(({ density, offset }) => density !== undefined || offset !== undefined);
  const way = equalize ? 'equalize' : (colors ?? (given || curve ? 'fixed' : 'auto'));
  return { ...(way === 'fixed' ? {} : { mapping: way }), ...(curve ? { curve } : {}) };
}

/** Only perturbed points have error bounds, by which some are iterated exactly. */
function refuseExactDirect({ exact, kernel, method }: PictureValues): void {
  if (!exact) return;
  if (kernel === 'gpu' || kernel === 'cpu')
    throw invalid(`--exact: --kernel ${kernel} iterates directly: use --kernel simd`);
  if (method === 'direct')
    throw invalid('--exact needs --method auto or perturbation: direct iteration has no error bound');
}

/** Only the kernel simd perturbs. */
function refuseBeyondKernel({ kernel, method }: PictureValues): void {
  if ((kernel === 'gpu' || kernel === 'cpu') && method === 'perturbation')
    throw invalid(`--kernel ${kernel} iterates directly: use --kernel simd to perturb`);
}

/** Only the kernel simd finds cycles, and the points of a Julia set share theirs. */
function refuseCycles({ kernel }: PictureValues, { interior }: Colours, { julia }: Formula): void {
  if (!isInteriorKind(interior)) return;
  const flag = `--interior ${interior}`;
  if (julia && interior === 'distance')
    throw invalid(
      `${flag} is that to the boundary of a component of a Mandelbrot set, which a Julia set does not have`,
    );
  if (kernel === 'gpu' || kernel === 'cpu')
    throw invalid(`${flag} needs the cycles of points, which --kernel ${kernel} does not find: use --kernel simd`);
}

/** Only the kernel simd computes distances. */
function refuseDistance({ kernel }: PictureValues, colours: Colours): void {
  if (kernel !== 'gpu' && kernel !== 'cpu') return;
  const { mode, slope, shade } = colours;
  const flag = mode === 'distance' ? '--color-mode distance' : shade ? '--shade' : slope ? '--slope' : 'an .exr';
  throw invalid(`${flag} needs the distance to the set, which --kernel ${kernel} does not compute: use --kernel simd`);
}
