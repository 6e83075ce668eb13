/** Films from keyframes, and stills to compare them with, computed in this thread. */

import { type AssembledFilm, assembled } from '../../src/film/assemble.js';
import { openAssembler } from '../../src/film/assembler.js';
import type { Camera } from '../../src/film/camera.js';
import { coverOf, type FilmSize } from '../../src/film/cover.js';
import type { Size } from '../../src/film/footprint.js';
import type { Grid } from '../../src/film/grid.js';
import type { FilmPath } from '../../src/film/path.js';
import type { KeyframeSamples, Look, Painting } from '../../src/film/samples.js';
import { orderOf } from '../../src/film/showing.js';
import type { Computed } from '../../src/kernel/kernel.js';
import { openPerturbation, shareReference } from '../../src/kernel/perturbation/kernel.js';
import { iterateReference, orderFor } from '../../src/kernel/perturbation/reference.js';
import { openSimd } from '../../src/kernel/simd.js';
import { DEFAULT_COLOURS, type Paint, prepare } from '../../src/render/colours.js';
import { joined } from '../../src/shard/raw-samples.js';
import type { Rect } from '../../src/shard/shard.js';
import { COUNTS, channelsOf } from '../../src/view/channels.js';
import { type Sampling, samplesPerPixel, type View } from '../../src/view/view.js';
import { paint } from '../render/painting.js';

export interface Scene {
  readonly path: FilmPath;
  readonly size: FilmSize;
  readonly iterations: number;
  /** As differences from a reference orbit in the middle of the last frame. */
  readonly perturbed: boolean;
  readonly paint: Paint;
  /** The film, not its stills, is painted through the palette filter. */
  readonly filter?: true;
  /** The widths of nu are known, though the palette is not averaged over them. */
  readonly footprint?: true;
}

export const PAINT = prepare(DEFAULT_COLOURS, 180);

export interface Studio {
  viewOf(camera: Camera, sampling?: Sampling): View;
  readonly compute: Compute;
  /** Smooth counts. */
  samples(view: View, rect: Rect): Promise<Float64Array>;
  /** 8-bit sRGB of one frame, computed as a picture of its own. */
  still(frame: number, samples: number): Promise<Uint8Array>;
  /**
   * All frames, 8-bit sRGB, from keyframes. `bound`: of the memory that these may take, in bytes. `grid`: of keyframes. `cut`:
   * a part of one into pieces that are computed one by one.
   */
  film(options?: {
    readonly bound?: number;
    readonly grid?: Grid;
    readonly cut?: (part: Rect) => Rect[];
  }): AsyncGenerator<Uint8Array>;
}

export function studio({ path, size, iterations, perturbed, paint: how, filter, footprint = filter }: Scene): Studio {
  const { width, height } = size;
  const viewOf = ({ re, im, zoom, rotation }: Camera, sampling: Sampling = { kind: 'grid', side: 1 }): View => ({
    ...{ formula: { step: 'holomorphic', power: 2 }, re, im, zoom, rotation, width, height, iterations },
    ...{ bailout: 65536, count: 'smooth', sampling, ...(perturbed ? { perturbed } : {}) },
  });
  const compute: Compute = perturbed ? around(viewOf(path.at(path.frames - 1))) : openSimd().compute;
  const samples = async (view: View, rect: Rect) => (await compute(view, rect)).nu;
  const painted = async (view: View, rect: Rect) =>
    paint(await samples(view, rect), samplesPerPixel(view.sampling), how, iterations);
  return {
    viewOf,
    compute,
    samples,
    still(frame, count) {
      const sampling: Sampling = count === 1 ? { kind: 'grid', side: 1 } : { kind: 'jittered', count, seed: frame };
      return painted(viewOf(path.at(frame), sampling), { x: 0, y: 0, width, height });
    },
    film({ bound, grid, cut = (part: Rect) => [part] } = {}) {
      const cover = coverOf(path, size, grid);
      const order = orderOf(cover, path, size);
      async function* keyframes(): AsyncGenerator<KeyframeSamples> {
        for (const { camera, parts } of order.keyframes) {
          const done: { rect: Rect; values: Float64Array }[] = [];
          const view = { ...viewOf(camera), ...(footprint ? { footprint } : {}) };
          for (const rect of parts.flatMap(cut)) done.push({ rect, values: joined(await compute(view, rect)) });
          yield done;
        }
      }
      const painting = paintedBy(how, iterations, channelsOf(footprint ? { footprint } : {}), filter);
      return assembledBytes({ cover, order, path, painting, size }, keyframes(), bound);
    },
  };
}

/** Frames of 8 bits, assembled in this thread. */
export async function* assembledBytes(
  { size, ...film }: Omit<AssembledFilm, 'levels' | 'assembler'> & { readonly size: Size },
  computed: AsyncIterable<KeyframeSamples>,
  bound?: number,
): AsyncGenerator<Uint8Array> {
  const levels = { bits: 8, dither: false } as const;
  const assembler = openAssembler({ size });
  for await (const rgb of assembled({ ...film, levels, assembler }, computed, bound)) yield rgb as Uint8Array;
}

/** Alike in all frames. `filter`: through the palette filter. */
export function paintedBy(paint: Paint, iterations = 1, channels = COUNTS, filter = false): Painting {
  const look: Look = { paint, iterations, filter, channels };
  return { nameOf: () => '', scaled: false, lookOf: () => look };
}

type Compute = (view: View, rect: Rect) => Promise<Computed>;

function around(view: View): Compute {
  const order = orderFor(view);
  const kernel = openPerturbation(shareReference({ ...order, ...iterateReference(order) }, 1), 0);
  return async (of: View, rect: Rect) => kernel(of, rect);
}

/** Of two pictures of 8-bit levels, in dB. */
export function psnr(a: Uint8Array, b: Uint8Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += ((a[i] as number) - (b[i] as number)) ** 2;
  return 10 * Math.log10((255 * 255 * a.length) / sum);
}
