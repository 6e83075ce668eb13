/** The numbers of one point, for a viewer that points at it: computed on a worker, as a picture of one pixel. */

import { FractalError } from '../errors.js';
import type { Look, LookOrder } from '../service/explore/lookout.js';
import { apart } from '../shard/raw-samples.js';
import { anchorNear, log2PitchOf, type Point, zoomAt } from '../tiles/lattice.js';
import type { Scene, ValueMessage } from '../tiles/protocol.js';
import { fromLog10 } from '../view/decimal.js';
import type { View } from '../view/view.js';
import type { Found } from './explorer-finding.js';
import type { ComputePictures } from './explorer-pieces.js';

export interface PointOrder {
  readonly scene: Scene;
  readonly point: Point;
  /** Of the picture that shows it. */
  readonly level: number;
}

export interface Valuing {
  look(order: LookOrder, signal: AbortSignal): Promise<Look>;
  /** What was found for a picture with this scene and level that shows the point, if there was one. */
  foundAround(order: PointOrder): Found | undefined;
  foundFor(look: Look): Found | undefined;
  readonly compute: ComputePictures;
}

/** A point that takes longer is too costly to be looked at. */
const MOST_MS = 5_000;
/** Where no picture shows the point, one of this size round it would have the limit. */
const AROUND = { width: 640, height: 360 } as const;
const DIGITS = 6;
const OWNER = 'values';

type Value = Omit<ValueMessage, 'type' | 'id'>;

/** @throws FractalError, TIMEOUT among them; throws the signal's reason */
export async function valueAt(order: PointOrder, valuing: Valuing, signal: AbortSignal): Promise<Value> {
  const late = AbortSignal.timeout(MOST_MS);
  try {
    return await valueWithin(order, valuing, AbortSignal.any([signal, late]));
  } catch (error) {
    if (signal.aborted || !late.aborted || error !== late.reason) throw error;
    const what = `the numbers of the point were not there within ${MOST_MS / 1000} seconds`;
    throw new FractalError('TIMEOUT', `${what}: workers are missing or busy, or its limit is too large to look it up`);
  }
}

async function valueWithin(order: PointOrder, valuing: Valuing, bounded: AbortSignal): Promise<Value> {
  const found = valuing.foundAround(order) ?? (await foundRound(order, valuing, bounded));
  const view = pointOf(found.view, order);
  const picture = { view, ...(found.reference ? { reference: found.reference } : {}) };
  for await (const { answer } of valuing.compute([picture], { owner: OWNER, signal: bounded })) {
    if (answer.kind !== 'samples') break;
    const { nu, distance, cycle } = apart(answer.values, answer.channels);
    return { ...numbersAt(nu[0] as number, distance, cycle?.[0], order.level), iterations: view.iterations };
  }
  throw new Error('the workers gave no samples of the point');
}

async function foundRound({ scene, point, level }: PointOrder, valuing: Valuing, signal: AbortSignal): Promise<Found> {
  const lattice = { anchor: anchorNear(point, level, false), level, rotation: 0 };
  const look = await valuing.look({ scene: unstretched(scene), lattice, centre: point, ...AROUND }, signal);
  return valuing.foundFor(look) as Found;
}

/** The lattice of a stretched scene would have to have its deformation, which a single point has not. */
function unstretched({ stretch: _, 'stretch-angle': __, skew: ___, ...scene }: Scene): Scene {
  return scene;
}

/** The pixel whose centre is the point. The vector of the distance is that of an upright picture. */
function pointOf(view: View, { point, level }: PointOrder): View {
  const { deformation: _, footprint: __, phase: ___, ...rest } = view;
  const { formula } = view;
  const place = { re: point.re, im: point.im, zoom: zoomAt(level, 1), rotation: 0, width: 1, height: 1 };
  // All points of a Julia set share their cycle, which its kernel finds as well.
  return { ...rest, ...place, formula, distance: true, cycle: true };
}

function numbersAt(
  nu: number,
  distance: Float64Array | undefined,
  period: number | undefined,
  level: number,
): Omit<Value, 'iterations'> {
  if (nu === Infinity) return { nu: null, pixels: null, distance: null, period: period || null };
  const pixels = Math.hypot(distance?.[0] ?? 0, distance?.[1] ?? 0);
  return { nu, pixels, distance: onPlane(pixels, level), period: null };
}

/** A decimal string, since it may be below what doubles hold. */
function onPlane(pixels: number, level: number): string {
  if (!(pixels > 0)) return '0';
  const log = Math.log10(pixels) + log2PitchOf(level) * Math.log10(2);
  const [mantissa = '', exponent = '0'] = fromLog10(log).split('e');
  return `${Number(Number(mantissa).toPrecision(DIGITS))}e${exponent}`;
}
