/**
 * What the explorer of the service needs of the program (service/explore/lookout.ts): what a view leaves open is found, its
 * pieces are computed on the workers of the service, ahead of its jobs.
 */

import { buildDigest } from '../build.js';
import type { Fleet } from '../leader/fleet/fleet.js';
import type { ComputeHow, Look, LookOrder, Lookout } from '../service/explore/lookout.js';
import { digestOf } from '../store/digest.js';
import type { Store } from '../store/store.js';
import { offsetOf, type Piece } from '../tiles/lattice.js';
import type { FoundColours } from '../tiles/protocol.js';
import { channelsOf } from '../view/channels.js';
import type { Numerics } from '../work/fractal/numerics.js';
import { withColours } from './auto-colours.js';
import type { Emit } from './events.js';
import { type Finding, type Found, find, findNear } from './explorer-finding.js';
import { ExplorerOrbits } from './explorer-orbits.js';
import { type ComputePictures, openPieces, viewOfPiece } from './explorer-pieces.js';
import { requestOfLook } from './explorer-request.js';
import { type PointOrder, valueAt } from './explorer-value.js';
import { directProbe, perturbedProbe } from './probe.js';
import { SharedWork } from './shared-work.js';

export interface LookoutOptions {
  readonly fleet: Fleet;
  /** Where long reference orbits are looked for, and kept. */
  readonly store?: Store | undefined;
  /** Of the kernel simd. */
  readonly numerics: Numerics;
  readonly emit: Emit;
  /** Monotonic milliseconds. */
  readonly now: () => number;
  /** Bytes of reference orbits in memory. */
  readonly orbitBytes?: number;
}

/** Looks that are kept with what was found for them. */
const MOST_LOOKS = 400;
/** Pictures in which single points are looked up. */
const MOST_RECENT = 64;
const ORBIT_BYTES = 256 << 20;

export function openLookout(options: LookoutOptions): Lookout {
  const { fleet, store, numerics, emit, now, orbitBytes = ORBIT_BYTES } = options;
  const orbits = new ExplorerOrbits({ store, mostBytes: orbitBytes });
  const finding: Finding = { orbits, perturbed: rememberedBy(perturbedProbe) };
  const compute = openPieces({ fleet, numerics, now });
  /** By the digest of their orders; the one that was used last comes last. */
  const looks = new Map<string, SharedWork<Look>>();
  const foundFor = new WeakMap<Look, Found>();

  function lookOf(found: Found, order: LookOrder, provisional: boolean): Look {
    const look = { ...openLook(found, order, { compute, finding, emit }), provisional };
    foundFor.set(look, found);
    if (!provisional) {
      recent.unshift({ order, found });
      recent.length = Math.min(recent.length, MOST_RECENT);
    }
    return look;
  }

  function look(order: LookOrder, signal: AbortSignal): Promise<Look> {
    const name = digestOf(order);
    const known = looks.get(name);
    const work = known && !known.isLost ? known : begin(order);
    looks.delete(name);
    looks.set(name, work);
    for (const oldest of looks.keys()) {
      if (looks.size <= MOST_LOOKS) break;
      looks.delete(oldest);
    }
    return work.wait(signal);
  }

  function begin(order: LookOrder): SharedWork<Look> {
    const request = requestOfLook(order);
    return new SharedWork(async (signal) => lookOf(await find(request, finding, { emit, signal }), order, false));
  }

  /** Of the pictures looked at last. */
  const recent: { readonly order: LookOrder; readonly found: Found }[] = [];
  const valuing = {
    look,
    compute,
    foundFor: (one: Look) => foundFor.get(one),
    foundAround: (order: PointOrder) => recent.find((one) => shows(one.order, order))?.found,
  };

  return {
    async look(order, signal) {
      signal.throwIfAborted();
      return look(order, signal);
    },
    near(order, other) {
      const known = foundFor.get(other);
      const found = known && findNear(requestOfLook(order), known, orbits);
      return found && lookOf(found, order, true);
    },
    value: (scene, point, level, signal) => valueAt({ scene, point, level }, valuing, signal),
  };
}

/** Whether a picture of the same scene and level has the point in it. */
function shows(picture: LookOrder, { scene, point, level }: PointOrder): boolean {
  if (picture.lattice.level !== level || JSON.stringify(picture.scene) !== JSON.stringify(scene)) return false;
  const [centre, at] = [offsetOf(picture.lattice, picture.centre), offsetOf(picture.lattice, point)];
  return Math.abs(at.x - centre.x) <= picture.width / 2 && Math.abs(at.y - centre.y) <= picture.height / 2;
}

interface Looking {
  readonly compute: ComputePictures;
  readonly finding: Finding;
  readonly emit: Emit;
}

function openLook(
  found: Found,
  { lattice }: LookOrder,
  { compute, finding, emit }: Looking,
): Omit<Look, 'provisional'> {
  const { view, reference } = found;
  const { iterations, perturbed = false } = view;
  return {
    ...{ iterations, perturbed, key: keyOf(found) },
    colours: (signal) => coloursOf(found, finding, { emit, signal }),
    async *compute(pieces: readonly Piece[], how: ComputeHow) {
      const pictures = pieces.map((piece) => ({
        view: viewOfPiece(view, lattice, piece),
        ...(reference ? { reference } : {}),
        packed: true as const,
      }));
      let at = 0;
      for await (const { answer } of compute(pictures, how)) {
        const piece = pieces[at++];
        if (answer.kind !== 'packed' || !piece) throw new Error(`the workers gave ${answer.kind}, not packed samples`);
        yield { piece, packed: answer.bytes };
      }
    },
  };
}

/** Orbits differ between looks: samples around one differ from those around another in their last bits only. */
function keyOf({ view }: Found): string {
  const { formula, iterations, bailout, count, perturbed = false, exact = false } = view;
  const samples = { formula, iterations, bailout, count, perturbed, exact, channels: [...channelsOf(view)] };
  return digestOf({ ...samples, build: buildDigest() });
}

async function coloursOf(
  { request, reference }: Found,
  { perturbed }: Finding,
  context: { readonly emit: Emit; readonly signal: AbortSignal },
): Promise<FoundColours | undefined> {
  const { mapping } = request.colours;
  if (mapping !== 'auto' && mapping !== 'equalize') return undefined;
  const probes = () => (reference ? perturbed(reference) : directProbe);
  const { colours } = await withColours(request, probes, context);
  const { density, offset, curve } = colours;
  return { density, offset, ...(curve ? { curve } : {}) };
}

/** The same function, which makes its result once for each object, as long as that is used. */
function rememberedBy<K extends object, V>(make: (of: K) => V): (of: K) => V {
  const known = new WeakMap<K, { readonly made: V }>();
  return (of) => {
    const one = known.get(of) ?? { made: make(of) };
    known.set(of, one);
    return one.made;
  };
}
