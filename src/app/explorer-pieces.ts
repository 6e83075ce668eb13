/** Pieces of pictures of the explorer as jobs of a fleet, ahead of all others. */

import { randomUUID } from 'node:crypto';
import { PRIORITY } from '../cluster/messages.js';
import type { Fleet } from '../leader/fleet/fleet.js';
import type { RenderJob } from '../leader/job/gathering.js';
import { startJob } from '../leader/job/job.js';
import type { ComputeHow } from '../service/explore/lookout.js';
import type { Frame } from '../shard/frame.js';
import { type Lattice, type Piece, shownBy } from '../tiles/lattice.js';
import type { View } from '../view/view.js';
import type { Numerics } from '../work/fractal/numerics.js';
import { type FractalPicture, fractalRenders } from '../work/fractal/renders.js';

export interface PiecesOptions {
  readonly fleet: Fleet;
  readonly numerics: Numerics;
  /** Monotonic milliseconds. */
  readonly now: () => number;
}

type Scenes = RenderJob['scenes'];

/** Computes pictures of one look in order, each as one shard. Ending the iteration, or the signal, stops what is under way. */
export type ComputePictures = (pictures: readonly FractalPicture[], how: ComputeHow) => AsyncIterable<Frame>;

/** The view of a piece. `view`: of a picture with the lattice, from which all else is taken. */
export function viewOfPiece(view: View, lattice: Lattice, piece: Piece): View {
  const { deformation: _, ...rest } = view;
  return { ...rest, ...shownBy(lattice, piece) };
}

export function openPieces({ fleet, numerics, now }: PiecesOptions): ComputePictures {
  /** Of reference orbits: workers of this process know a scene by its object, and keep its tables for a while. */
  const packed = new WeakMap<object, Scenes>();
  const raw = new WeakMap<object, Scenes>();

  function sameScenes(of: FractalPicture, made: Scenes): Scenes {
    if (!of.reference) return made;
    const scenes = of.packed ? packed : raw;
    const known = scenes.get(of.reference) ?? made;
    scenes.set(of.reference, known);
    return known;
  }

  return async function* compute(pictures, { owner, signal }) {
    const [first] = pictures;
    if (!first) return;
    const { scenes: made, ...job } = fractalRenders(pictures.map((one) => ({ ...one, kept: true })));
    const { frames } = startJob(
      fleet,
      {
        ...{ ...job, scenes: sameScenes(first, made) },
        ...{ shape: 'auto', grain: 'undivided', window: pictures.length },
      },
      {
        ...{ name: `explore-${randomUUID().slice(0, 8)}`, ...numerics, priority: PRIORITY.interactive, owner },
        ...{ minWorkers: 1, strict: false, waits: true, metrics: false, signal, now },
        // Many jobs a second: what they would say of the workers, the service says anyway.
        note() {},
        progress() {},
        gathered() {},
      },
    );
    yield* frames;
  };
}
