/**
 * A frame as OpenEXR: its colours, and where it has one sample a pixel the sample itself, in the channels of Kalles Fraktaler
 * 2+ and Fraktaler 3, which zoomasm reads: the smooth count is N + (1 - NF) - IterationsBias.
 *
 *   R G B      half   linear light
 *   N          uint   0xffffffff where interior; N0 and N1, the low and high 32 bits, where counts are longer
 *   NF         float  0 to 1
 *   DEX, DEY   float  the distance to the set as a vector that points away from it, pixels to the right and upwards
 */

import type { Frame } from '../shard/frame.js';
import { type Attributes, type Channel, exrFile } from './exr.js';

/** Added to counts, which may be below 0. */
const BIAS = 1024;
const INTERIOR = 0xffffffff;
const MOST_INT = 0x7fffffff;

/** `light`: linear, 3 numbers a pixel; `iterations`: the view's limit; `parameters`: for the attribute `fractal`. */
export function exrOf(
  { answer, width, height, perPixel }: Frame,
  light: Float32Array,
  { iterations, parameters }: { readonly iterations: number; readonly parameters: string | undefined },
): Promise<Uint8Array[]> {
  if (answer.kind !== 'samples') throw new TypeError('an .exr is made of raw samples');
  const raw = perPixel === 1 ? sampleChannels(answer.values, width * height, iterations) : [];
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

function sampleChannels(samples: Float64Array, pixels: number, iterations: number): Channel[] {
  const each = samples.length / pixels;
  const [low, high, part] = [new Uint32Array(pixels), new Uint32Array(pixels), new Float32Array(pixels)];
  for (let i = 0; i < pixels; i++) {
    const nu = samples[each * i] as number;
    const whole = nu === Infinity ? -1 : Math.max(0, Math.ceil(nu + BIAS) - 1);
    low[i] = whole < 0 ? INTERIOR : whole % 2 ** 32;
    high[i] = whole < 0 ? INTERIOR : Math.floor(whole / 2 ** 32);
    part[i] = whole < 0 ? 0 : whole + 1 - (nu + BIAS);
  }
  const long = iterations + BIAS >= INTERIOR - 1;
  const vector = (name: string, at: number): Channel => {
    const values = Float32Array.from({ length: pixels }, (_, i) => samples[each * i + at] as number);
    return { name, type: 'float', values };
  };
  return [
    { name: long ? 'N0' : 'N', type: 'uint', values: low },
    ...(long ? [{ name: 'N1', type: 'uint', values: high } as const] : []),
    { name: 'NF', type: 'float', values: part },
    ...(each === 3 ? [vector('DEX', 1), vector('DEY', 2)] : []),
  ];
}
