/**
 * A frame as OpenEXR: its colours, and where it has one sample a pixel the sample itself, in the channels that Kalles
 * Fraktaler 2+ and Fraktaler 3 write and zoomasm reads (their EXR files and shaders; docs/colours.md):
 *
 *   R G B      half   linear light
 *   N          uint   the iteration of the escape + IterationsBias, 0xffffffff where interior; N0 and N1, the low and high 32
 *                     bits, where counts are longer
 *   NF         float  the fraction: N + NF - IterationsBias is smooth
 *   T          float  the phase of the iterate of the escape, in turns, 0 to below 1; 0 where interior
 *   DEX, DEY   float  the distance to the set as a vector that points away from it, pixels to the right and upwards
 */

import type { Frame } from '../shard/frame.js';
import { apart } from '../shard/raw-samples.js';
import { type Attributes, type Channel, exrFile } from './exr.js';
import type { Raw } from './output-options.js';

/** Added to counts, which may be below 0. */
const BIAS = 1024;
const INTERIOR = 0xffffffff;
const MOST_INT = 0x7fffffff;
/** Logarithms may differ in the last bit from one version of Node to another: what they give is rounded to its multiples. */
const GRAIN = 2 ** -40;

export interface ExrOptions {
  readonly view: Raw['view'];
  /** For the attribute `fractal`. */
  readonly parameters: string | undefined;
}

/** `light`: linear, 3 numbers a pixel. */
export function exrOf(frame: Frame, light: Float32Array, { view, parameters }: ExrOptions): Promise<Uint8Array[]> {
  const { width, height, perPixel } = frame;
  const raw = perPixel === 1 ? sampleChannels(frame, view) : [];
  const { iterations } = view;
  const counts: Attributes =
    raw.length > 0 ? { Iterations: iterations > MOST_INT ? String(iterations) : iterations, IterationsBias: BIAS } : {};
  return exrFile({ width, height }, [...colourChannels(light), ...raw], {
    ...counts,
    ...(parameters === undefined ? {} : { fractal: parameters }),
  });
}

function colourChannels(light: Float32Array): Channel[] {
  return ['R', 'G', 'B'].map((name, c) => {
    const values = Float32Array.from({ length: light.length / 3 }, (_, i) => light[3 * i + c] as number);
    return { name, type: 'half', values };
  });
}

function sampleChannels({ answer, width, height }: Frame, view: ExrOptions['view']): Channel[] {
  if (answer.kind !== 'samples') throw new TypeError('an .exr is made of raw samples');
  const pixels = width * height;
  const { nu, distance, phase } = apart(answer.values, answer.channels);
  const [low, high, part] = [new Uint32Array(pixels), new Uint32Array(pixels), new Float32Array(pixels)];
  const more = BIAS + beyondNu(view);
  for (let i = 0; i < pixels; i++) {
    const count = (nu[i] as number) + more;
    const whole = count === Infinity ? -1 : Math.max(0, Math.floor(count));
    low[i] = whole < 0 ? INTERIOR : whole % 2 ** 32;
    high[i] = whole < 0 ? INTERIOR : Math.floor(whole / 2 ** 32);
    part[i] = whole < 0 ? 0 : count - whole;
  }
  const long = view.iterations + BIAS >= INTERIOR - 1;
  const float = (name: string, numberOf: (i: number) => number): Channel => {
    return { name, type: 'float', values: Float32Array.from({ length: pixels }, (_, i) => numberOf(i)) };
  };
  return [
    { name: long ? 'N0' : 'N', type: 'uint', values: low },
    ...(long ? [{ name: 'N1', type: 'uint', values: high } as const] : []),
    { name: 'NF', type: 'float', values: part },
    ...(phase ? [float('T', (i) => turnsOf(phase[i] as number))] : []),
    ...(distance ? [float('DEX', (i) => distance[2 * i] as number)] : []),
    ...(distance ? [float('DEY', (i) => distance[2 * i + 1] as number)] : []),
  ];
}

/** Turns as a 32-bit float, which nearly a whole turn would round to 1. */
function turnsOf(phase: number): number {
  const turns = Math.fround(phase);
  return turns < 1 ? turns : 0;
}

/**
 * N + NF - bias = m + 1 - log_p(ln|z_m| / ln B), which is between m and m + 1 at the first |z_m| beyond the bailout B: a
 * constant more than nu = m - log_p(log2|z_m|). A whole count is one as it is.
 */
function beyondNu({ formula, bailout, count }: ExrOptions['view']): number {
  if (count === 'whole') return 0;
  const more = 1 + Math.log2(Math.log2(bailout)) / Math.log2(formula.power);
  return GRAIN * Math.round(more / GRAIN);
}
