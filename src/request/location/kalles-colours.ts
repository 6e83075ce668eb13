/**
 * The colours of Kalles Fraktaler's files, .kfr and .kfp, as flags. Its key colours, written as blue, green and red, lie evenly
 * on a cycle of 1024 with eased ends between them; a sample is at f(N) / IterDiv + ColorOffset, with a function f of the
 * smooth count N that ColorMethod names (fraktal_sft.cpp of Kalles Fraktaler 2.15, SetColor and ApplyColors). Without Smooth the
 * position is rounded down to a whole number: it is a table of so many colours.
 */

import type { Triple } from '../../render/oklab.js';
import { hexOf, textOf } from '../../render/palette.js';
import { sinCos } from '../../view/plane.js';
import type { RawFlags } from '../values.js';
import { wavesOf, waveTable } from './kalles-waves.js';
import { isZero, listed } from './result.js';

export interface KallesColours {
  readonly flags: RawFlags;
  /** Keys that are about colours, used or not. */
  readonly keys: readonly string[];
  /** What is taken, and what is not. */
  readonly notes: readonly string[];
}

type Fields = ReadonlyMap<string, string>;

const KEYS: readonly string[] = [
  ...['Colors', 'IterDiv', 'ColorMethod', 'ColorOffset', 'Smooth', 'SmoothMethod', 'Differences', 'InverseTransition'],
  ...['Slopes', 'SlopePower', 'SlopeRatio', 'SlopeAngle', 'InteriorColor', 'MultiColor', 'MultiColors', 'BlendMC'],
  ...['Flat', 'ColorPhaseStrength', 'UseOpenGL', 'GLSL', 'TextureEnabled', 'TextureFile', 'TextureMerge'],
  ...['TexturePower', 'TextureRatio', 'TextureResize'],
];
/** Not taken, where they are not 0. */
const LEFT: readonly string[] = ['InverseTransition', 'Flat', 'ColorPhaseStrength'];
const CYCLE = 1024;
const MOST_COLOURS = 1024;
/** Of a curve, at most; between two of them it is less than this part of a cycle from f. */
const MOST_KNOTS = 256;
const CLOSE = 0.004;

/** f of ColorMethod; those that are missing are not along the count alone. */
const METHODS: Readonly<Record<number, (count: number) => number>> = {
  0: (n) => n,
  1: (n) => Math.sqrt(Math.max(0, n)),
  2: (n) => Math.cbrt(Math.max(0, n)),
  3: (n) => Math.log(Math.max(1, n)),
  6: (n) => n,
  9: (n) => Math.log(1 + Math.log(1 + Math.max(0, n))),
  10: Math.atan,
  11: (n) => Math.sqrt(Math.sqrt(Math.max(0, n))),
};
const [SQUARE_ROOT, STRETCHED, DISTANCE_AND_COUNT] = [1, 4, 6];
/** Of Differences: from the derivative, as here, and not from neighbouring pixels. */
const ANALYTIC = 7;
/** Of the distance to the set. */
const DISTANCES: readonly number[] = [5, 7, 8];

/** `fields`: of a file. No flags where it has no colours. */
export function kallesColours(fields: Fields): KallesColours {
  const colors = coloursOf(fields.get('Colors'));
  const method = wholeIn(fields.get('ColorMethod'), 0, 11) ?? 0;
  const waves = isZero(fields.get('MultiColor')) ? undefined : wavesOf(fields.get('MultiColors') ?? '');
  const [taken, left]: [string[], string[]] = [[], []];
  const flags: RawFlags = {};
  let period = CYCLE;
  if (waves) {
    const blended = !isZero(fields.get('BlendMC')) && colors;
    const table = waveTable(waves, blended ? (count) => keyColour(blended, count) : undefined);
    const stops = table.colours.map((rgb, i) => ({ position: i / table.colours.length, rgb }));
    Object.assign(flags, { palette: textOf(stops), interpolation: 'linear' });
    period = table.length;
    taken.push('MultiColors', ...(blended ? ['BlendMC', 'Colors'] : []));
    if (table.rounded) left.push('the exact periods of MultiColors');
  } else if (colors) {
    const ordered = DISTANCES.includes(method) ? [...colors].reverse() : colors;
    const stops = ordered.map((rgb, i) => ({ position: i / ordered.length, rgb }));
    Object.assign(flags, { palette: textOf(stops), interpolation: 'cosine' });
    taken.push('Colors');
  }
  if (flags.palette !== undefined) {
    Object.assign(flags, mappingOf(fields, method, period));
    if (method !== STRETCHED && !DISTANCES.includes(method)) taken.push('IterDiv', 'ColorOffset');
    else left.push('IterDiv', 'ColorOffset');
    if (METHODS[method] && method !== DISTANCE_AND_COUNT) taken.push(`ColorMethod ${method}`);
    else left.push(`ColorMethod ${method} exactly`);
  }
  const interior = coloursOf(fields.get('InteriorColor'), 1)?.[0];
  if (interior) {
    flags.interior = hexOf(interior);
    taken.push('InteriorColor');
  }
  if (!isZero(fields.get('Slopes'))) {
    Object.assign(flags, slopeOf(fields));
    taken.push('Slopes', 'SlopeRatio', 'SlopeAngle');
    left.push('SlopePower');
  }
  if (fields.has('Smooth') && isZero(fields.get('Smooth'))) {
    const stepped = flags.palette !== undefined && flags['color-mode'] === undefined && Number.isInteger(period);
    if (stepped) flags.step = String(period);
    (stepped ? taken : left).push('Smooth 0');
  }
  left.push(...leftOf(fields, method));
  if (!isZero(fields.get('MultiColor')) && !waves) left.push('MultiColors');
  return { flags, keys: KEYS, notes: noteOn(taken, left) };
}

/** Keys that are not taken, as they are named. */
function leftOf(fields: Fields, method: number): string[] {
  const differences = fields.get('Differences');
  const estimated = differences !== undefined && wholeIn(differences, 0, 7) !== ANALYTIC;
  const byDifferences = DISTANCES.includes(method) || method === DISTANCE_AND_COUNT || !isZero(fields.get('Slopes'));
  return [
    ...LEFT.filter((key) => !isZero(fields.get(key))),
    ...(estimated && byDifferences ? ['Differences'] : []),
    ...(isZero(fields.get('TextureEnabled')) ? [] : ['TextureEnabled']),
    // Its own program for colours.
    ...(fields.get('GLSL') && !isZero(fields.get('UseOpenGL') ?? '1') ? ['GLSL'] : []),
  ];
}

function noteOn(taken: readonly string[], left: readonly string[]): string[] {
  if (taken.length === 0) return left.length > 0 ? [`colours: not taken: ${listed(left)}`] : [];
  return [`colours: taken: ${listed(taken)}${left.length > 0 ? `; not taken: ${listed(left)}` : ''}`];
}

/** At least `fewest` colours of "blue,green,red,…"; undefined: it is not such a list. */
function coloursOf(text: string | undefined, fewest = 2): Triple[] | undefined {
  const levels = (text ?? '').split(',').flatMap((word) => (word.trim() === '' ? [] : [Number(word)]));
  const count = Math.floor(levels.length / 3);
  if (count < fewest || count > MOST_COLOURS || !levels.every((x) => Number.isInteger(x) && x >= 0 && x <= 255))
    return undefined;
  return Array.from({ length: count }, (_, i): Triple => [levels[3 * i + 2]!, levels[3 * i + 1]!, levels[3 * i]!]);
}

/** The colour at a count, as Kalles Fraktaler has it on its cycle. */
function keyColour(colours: readonly Triple[], count: number): Triple {
  const at = ((count / CYCLE) % 1) * colours.length;
  const key = Math.floor(at) % colours.length;
  const [from, to] = [colours[key]!, colours[(key + 1) % colours.length]!];
  const share = (1 - sinCos(180 * (at - Math.floor(at)))[1]) / 2;
  return [0, 1, 2].map((k) => from[k]! + (to[k]! - from[k]!) * share) as unknown as Triple;
}

/** `period`: counts of a cycle of the palette. */
function mappingOf(fields: Fields, method: number, period: number): RawFlags {
  if (DISTANCES.includes(method)) return { 'color-mode': 'distance' };
  const along = METHODS[method];
  // Stretched, between the lowest and the highest count of the picture: that is found from the picture here, too.
  if (!along) return {};
  const given = Number(fields.get('IterDiv'));
  const divisor = given > 0 && given < 1e12 ? given : 1;
  const offset = (wholeIn(fields.get('ColorOffset'), 0, 1023) ?? 0) / period;
  if (method === SQUARE_ROOT)
    return { density: short(3 / (period * divisor)), offset: short(offset + 2 / (period * divisor)) };
  return {
    'color-curve': curveOf(along, Number(fields.get('Iterations')), CLOSE * period * divisor),
    density: short(1 / (period * divisor)),
    offset: short(offset),
  };
}

/** f by the root of the count, sqrt(n + 4), from 0 to the iteration limit. `most`: counts between f and the curve. */
function curveOf(along: (count: number) => number, iterations: number, most: number): string {
  const last = Math.sqrt(Math.min(1e15, iterations > 0 ? iterations : 1e6) + 4);
  // A chord of the square is at most a quarter of its length, squared, away from it.
  const knots = Math.min(MOST_KNOTS, Math.max(32, Math.ceil(last / (2 * Math.sqrt(most))) + 1));
  const roots = Array.from({ length: knots }, (_, i) => (i * last) / (knots - 1));
  return roots.map((root) => `${short(root)}:${short(along(root * root - 4))}`).join(' ');
}

/** Nine digits: powers and logarithms may differ in the last ones between machines. */
function short(value: number): string {
  return String(Number(value.toPrecision(9)));
}

/**
 * It darkens where the count decreases towards SlopeAngle, in degrees clockwise from the right: the light comes from the other
 * side.
 */
function slopeOf(fields: Fields): RawFlags {
  const [ratio, angle] = [fields.get('SlopeRatio'), fields.get('SlopeAngle')].map((text) =>
    wholeIn(text, -36000, 36000),
  );
  const strength = Math.min(1, Math.max(0, (ratio ?? 20) / 100));
  return { slope: String(strength), 'slope-angle': String(180 - (angle ?? 45)) };
}

function wholeIn(text: string | undefined, least: number, most: number): number | undefined {
  const value = text === undefined || text.trim() === '' ? Number.NaN : Math.trunc(Number(text));
  return value >= least && value <= most ? value : undefined;
}
