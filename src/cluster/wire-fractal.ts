/** The content of scenes and tasks of escape-time fractals, translated both ways: paint, reference orbit, view. */

import type { Curve__Output } from '../../gen/fractal/v1/Curve.js';
import type { FractalScene__Output, FractalScene as WireFractalScene } from '../../gen/fractal/v1/FractalScene.js';
import type { FractalTask__Output, FractalTask as WireFractalTask } from '../../gen/fractal/v1/FractalTask.js';
import type { Light as WireLight } from '../../gen/fractal/v1/Light.js';
import type { Look__Output } from '../../gen/fractal/v1/Look.js';
import type { Paint__Output, Paint as WirePaint } from '../../gen/fractal/v1/Paint.js';
import type { Reference__Output, Reference as WireReference } from '../../gen/fractal/v1/Reference.js';
import type { Texture__Output, Texture as WireTexture } from '../../gen/fractal/v1/Texture.js';
import type { View__Output, View as WireView } from '../../gen/fractal/v1/View.js';
import { MAX_DIGITS } from '../view/bounds.js';
import type { Matrix } from '../view/matrix.js';
import type { Formula, Sampling, View } from '../view/view.js';
import type { FractalScene, FractalTask } from '../work/fractal/scene.js';
import { BOUNDS, checkCount } from './bounds.js';
import type { Nested } from './shape.js';
import { bufferOf, missing, shared } from './wire-bytes.js';
import { digestOf, wireDigest } from './wire-digests.js';

type Paint = NonNullable<FractalScene['paint']>;
type Texture = NonNullable<NonNullable<Paint['patterns']>['texture']>;
type Reference = NonNullable<FractalScene['reference']>;

/** The fields of FractalScene and FractalTask that are messages: paint (with lights, patterns, shade, curve) and reference; view and look. */
export const FRACTAL_SCENE_SHAPE: Nested = { 1: { 7: {}, 11: {}, 12: {}, 13: {}, 14: {}, 15: {}, 17: {} }, 2: {} };
export const FRACTAL_TASK_SHAPE: Nested = { 1: {}, 6: { 3: {} } };

/** A formula among the fields of a view or a reference. */
interface WireFormula {
  step: string;
  power: number;
  julia: boolean;
  juliaRe: string;
  juliaIm: string;
}

const MODES = { cycle: 'CYCLE', bands: 'BANDS', ramp: 'RAMP', distance: 'DISTANCE' } as const satisfies Record<
  Paint['kind'],
  WirePaint['mode']
>;

const INTERIORS = { period: 0, multiplier: 0, distance: 0 } as const satisfies Record<
  NonNullable<Paint['interior']>,
  0
>;

function isInterior(text: string): text is keyof typeof INTERIORS {
  return Object.hasOwn(INTERIORS, text);
}

export function wireFractalScene({ paint, reference, packed }: FractalScene): WireFractalScene {
  return {
    packed: packed === true,
    paint: paint ? wirePaint(paint) : null,
    reference: reference ? wireReference(reference) : null,
  };
}

/** @throws FractalError PROTOCOL */
export function fractalSceneOf({ paint, reference, packed }: FractalScene__Output): FractalScene {
  return {
    kind: 'fractal',
    ...(paint ? { paint: paintOf(paint) } : {}),
    ...(reference ? { reference: referenceOf(reference) } : {}),
    ...(packed ? { packed } : {}),
  };
}

export function wireFractalTask({ view, rect, look }: FractalTask): WireFractalTask {
  return { view: wireView(view), ...rect, look: look ? { ...look, lights: [...look.lights] } : null };
}

/** @throws FractalError PROTOCOL */
export function fractalTaskOf({ view, x, y, width, height, look }: FractalTask__Output): FractalTask {
  if (!view) throw missing('view of an assignment');
  for (const text of [view.re, view.im, view.juliaRe, view.juliaIm, view.zoom]) {
    checkCount('characters of a coordinate', text.length, 2 * MAX_DIGITS);
  }
  return {
    ...{ kind: 'fractal', view: viewOf(view), rect: { x, y, width, height } },
    ...(look ? { look: lookOf(look) } : {}),
  };
}

function lookOf({ offset, density, lights }: Look__Output): NonNullable<FractalTask['look']> {
  return { offset, density, lights };
}

/**
 * All fields of a view on the wire, in one order on both sides; a new field of View without an entry here is a compile error.
 */
const VIEW_FIELDS: readonly (keyof View__Output)[] = Object.keys({
  step: 0,
  power: 0,
  julia: 0,
  juliaRe: 0,
  juliaIm: 0,
  re: 0,
  im: 0,
  zoom: 0,
  rotation: 0,
  width: 0,
  height: 0,
  iterations: 0,
  bailout: 0,
  whole: 0,
  jittered: 0,
  grid: 0,
  seed: 0,
  adaptiveError: 0,
  distance: 0,
  footprint: 0,
  phase: 0,
  cycle: 0,
  perturbed: 0,
  exact: 0,
  deformation: 0,
} satisfies Record<keyof View__Output, 0>) as (keyof View__Output)[];

/** The whole task as text, for its checksum. */
export function textOfFractal({ view, x, y, width, height, look }: WireFractalTask): string {
  let text = `${x} ${y} ${width} ${height}`;
  if (look)
    for (const number of [look.offset, look.density, ...(look.lights ?? []).flatMap(numbersOfLight)])
      text += ` ${signed(number)}`;
  for (const field of VIEW_FIELDS) text += `\n${view?.[field]}`;
  return text;
}

function numbersOfLight({ right, up, red, green, blue, specular, shininess }: WireLight): unknown[] {
  return [right, up, red, green, blue, specular, shininess];
}

/** -0 is another number than 0. */
function signed(value: unknown): string {
  return Object.is(value, -0) ? '-0' : String(value);
}

function wireView(view: View): WireView {
  const { formula, sampling, count, ...rest } = view;
  return {
    ...rest,
    ...wireFormula(formula),
    whole: count === 'whole',
    jittered: sampling.kind === 'jittered' ? sampling.count : 0,
    grid: sampling.kind === 'grid' ? sampling.side : 0,
    seed: 'seed' in sampling ? sampling.seed : 0,
    adaptiveError: sampling.kind === 'adaptive' ? sampling.error : 0,
    distance: view.distance === true,
    footprint: view.footprint === true,
    phase: view.phase === true,
    cycle: view.cycle === true,
    perturbed: view.perturbed === true,
    exact: view.exact === true,
    deformation: [...(view.deformation ?? [])],
  };
}

function viewOf(wire: View__Output): View {
  const {
    step,
    power,
    julia,
    juliaRe,
    juliaIm,
    whole,
    jittered,
    grid,
    seed,
    adaptiveError,
    distance,
    footprint,
    phase,
    cycle,
    perturbed,
    exact,
    deformation,
    ...rest
  } = wire;
  return {
    ...rest,
    formula: formulaOf({ step, power, julia, juliaRe, juliaIm }),
    count: whole ? 'whole' : 'smooth',
    sampling: samplingOf({ jittered, grid, seed, adaptiveError }),
    ...(distance ? { distance } : {}),
    ...(footprint ? { footprint } : {}),
    ...(phase ? { phase } : {}),
    ...(cycle ? { cycle } : {}),
    ...(perturbed ? { perturbed } : {}),
    ...(exact ? { exact } : {}),
    // Of another length it is out of bounds.
    ...(deformation.length > 0 ? { deformation: deformation as unknown as Matrix } : {}),
  };
}

function samplingOf({
  jittered,
  grid,
  seed,
  adaptiveError,
}: Pick<View__Output, 'jittered' | 'grid' | 'seed' | 'adaptiveError'>): Sampling {
  if (adaptiveError !== 0) return { kind: 'adaptive', error: adaptiveError, seed };
  return jittered > 0 ? { kind: 'jittered', count: jittered, seed } : { kind: 'grid', side: grid };
}

function wireFormula({ step, power, julia }: Formula): WireFormula {
  return { step, power, julia: julia !== undefined, juliaRe: julia?.re ?? '', juliaIm: julia?.im ?? '' };
}

function formulaOf({ step, power, julia, juliaRe, juliaIm }: WireFormula): Formula {
  if (step !== 'holomorphic' && step !== 'burning-ship' && step !== 'tricorn') throw missing(`known formula: ${step}`);
  return julia ? { step, power, julia: { re: juliaRe, im: juliaIm } } : { step, power };
}

function wirePaint({ kind, linear, lights, shade, interior, curve, levels, patterns = {}, ...rest }: Paint): WirePaint {
  const { stripes = null, decomposition = null, lines = null, texture } = patterns;
  const shading = {
    ...{ stripes, decomposition, lines, texture: texture ? wireTexture(texture) : null },
    lights: [...lights],
    shade: shade ?? null,
    curve: curve ? { ...curve, cycles: bufferOf(curve.cycles) } : null,
    interior: interior ?? '',
  };
  return { ...rest, ...levels, ...shading, mode: MODES[kind], linear: bufferOf(linear) };
}

/** The table lies in memory that the threads of a worker share. */
function paintOf({
  mode,
  linear,
  shade,
  interior,
  curve,
  bits,
  dither,
  stripes,
  decomposition,
  lines,
  texture,
  ...rest
}: Paint__Output): Paint {
  const kind = (Object.keys(MODES) as Paint['kind'][]).find((one) => MODES[one] === mode);
  if (!kind) throw missing(`known mode of a paint: ${mode}`);
  if (bits !== 8 && bits !== 16) throw missing(`known number of bits of a paint: ${bits}`);
  if (interior !== '' && !isInterior(interior)) throw missing(`known interior of a paint: ${interior}`);
  checkCount('bytes of a paint', linear.length, BOUNDS.paintBytes);
  if (linear.length % 4 > 0) throw missing('whole table of a paint');
  return {
    kind,
    ...rest,
    ...(stripes || decomposition || lines || texture
      ? { patterns: patternsOf({ stripes, decomposition, lines, texture }) }
      : {}),
    ...(shade ? { shade } : {}),
    ...(interior ? { interior } : {}),
    ...(curve ? { curve: curveOf(curve) } : {}),
    levels: { bits, dither },
    linear: new Float32Array(shared(linear)),
  };
}

function patternsOf({
  stripes,
  decomposition,
  lines,
  texture,
}: Pick<Paint__Output, 'stripes' | 'decomposition' | 'lines' | 'texture'>): NonNullable<Paint['patterns']> {
  return {
    ...(stripes ? { stripes } : {}),
    ...(decomposition ? { decomposition } : {}),
    ...(lines ? { lines } : {}),
    ...(texture ? { texture: textureOf(texture) } : {}),
  };
}

function wireTexture({ texels, ...rest }: Texture): WireTexture {
  return { ...rest, texels: bufferOf(texels) };
}

/** The texels lie in memory that the threads of a worker share. */
function textureOf({ texels, ...rest }: Texture__Output): Texture {
  checkCount('bytes of a texture', texels.length, BOUNDS.paintBytes);
  if (texels.length % 2 > 0) throw missing('whole texture of a paint');
  return { ...rest, texels: new Uint16Array(shared(texels)) };
}

function curveOf({ first, perRoot, cycles }: Curve__Output): NonNullable<Paint['curve']> {
  checkCount('values of a curve', cycles.length / 8, BOUNDS.curveValues);
  if (cycles.length % 8 > 0) throw missing('whole curve of a paint');
  return { first, perRoot, cycles: new Float64Array(shared(cycles)) };
}

function wireReference({ formula, ...rest }: Reference): WireReference {
  if ('asset' in rest) return { ...rest, ...wireFormula(formula), asset: wireDigest(rest.asset) };
  const { orbit, underflow, ...others } = rest;
  return { ...others, ...wireFormula(formula), orbit: bufferOf(orbit), underflow: bufferOf(underflow) };
}

/** The orbit stays in the bytes of the message: aligning it would copy all of it. */
function referenceOf(wire: Reference__Output): Reference {
  const { re, im, extended, start, orbit, underflow, asset, underflowBytes, ...formula } = wire;
  if (asset.length > 0) {
    if (orbit.length + underflow.length > 0) throw missing('reference orbit in one place');
    return { formula: formulaOf(formula), re, im, start, extended, asset: digestOf(asset), underflowBytes };
  }
  checkEntries(orbit, 16, 32);
  checkEntries(underflow, 40, 0);
  if (16 * start >= orbit.length) throw missing(`reference orbit that reaches its start ${start}`);
  return { formula: formulaOf(formula), re, im, orbit, underflow, start, extended };
}

/** Whole entries of so many bytes, at least `least` bytes in all. */
function checkEntries({ length }: Uint8Array, each: number, least: number): void {
  if (length < least || length % each !== 0) throw missing('whole reference orbit');
}
