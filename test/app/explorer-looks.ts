/** A lookout on workers in this process, its looks, and the stills that they are compared with. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { inflateRawSync } from 'node:zlib';
import { connect } from '../../src/app/connected.js';
import { type LookoutOptions, openLookout } from '../../src/app/explorer.js';
import type { LocalWorkers } from '../../src/app/local-workers.js';
import { render } from '../../src/app/render.js';
import type { RawRequest } from '../../src/request/parse.js';
import type { Look, LookOrder, Lookout } from '../../src/service/explore/lookout.js';
import {
  type Area,
  anchorNear,
  type Lattice,
  levelFor,
  type Piece,
  type Point,
  shownBy,
  TILE,
} from '../../src/tiles/lattice.js';
import { nuOf, type Unpacked, unpackSync } from '../../src/tiles/packing.js';
import type { Scene } from '../../src/tiles/protocol.js';
import { deformationOf, type Stretch } from '../../src/view/stretch.js';
import { numericsOf } from '../../src/work/fractal/numerics.js';
import { folder } from '../e2e/processes.js';
import { inProcess, localWorkers, never, orderOf, recorder } from './orders.js';

export interface Opened {
  readonly lookout: Lookout;
  readonly local: LocalWorkers;
  /** Of the log. */
  lines(): string[];
}

/** Closed after the test. */
export async function openedLookout(t: TestContext, options: Partial<LookoutOptions> = {}): Promise<Opened> {
  const local = localWorkers(t, 2);
  const { emit, lines } = recorder();
  const failed = (error: unknown) => {
    throw error;
  };
  const { fleet, close } = await connect(inProcess(local), { session: 'test', np: 0, retries: 0, emit, failed });
  t.after(close);
  const numerics = await numericsOf('simd');
  const lookout = openLookout({ fleet, numerics, emit, now: () => performance.now(), ...options });
  return { lookout, local, lines };
}

export interface Place extends Point {
  readonly zoom: string;
  readonly scene?: Scene;
  readonly rotation?: number;
  readonly stretch?: Stretch;
}

/** Tiles round the anchor. */
const AREA: Area = { left: -1, top: -1, right: 1, bottom: 0 };
export const SIZE = { width: 2 * TILE, height: TILE } as const;

/** A picture of this size at a place, whose pixels are those of the level next to its zoom. */
export function orderAt({ scene = {}, rotation = 0, stretch, zoom, ...centre }: Place, size = SIZE): LookOrder {
  const level = levelFor(zoom, size.height);
  const deformation = stretch && deformationOf(stretch);
  const turned = rotation !== 0 || deformation !== undefined;
  const lattice: Lattice = {
    ...{ anchor: anchorNear(centre, level, turned), level, rotation },
    ...(deformation ? { deformation } : {}),
  };
  return { scene, lattice, centre, ...size };
}

/** One piece a tile of the lattice. */
export function tiles({ left, top, right, bottom } = AREA): Piece[] {
  const columns = Array.from({ length: right - left }, (_, k) => left + k);
  const rows = Array.from({ length: bottom - top }, (_, k) => top + k);
  return rows.flatMap((y) => columns.map((x) => ({ left: x, top: y, right: x + 1, bottom: y + 1, scale: 1 })));
}

export function coarse(scale: number): Piece {
  return { ...AREA, scale };
}

/** The counts of pieces, one after the other. */
export async function countsOf(look: Look, pieces: readonly Piece[], signal = never): Promise<Float64Array> {
  const all: number[] = [];
  for await (const { packed } of look.compute(pieces, { owner: 'viewer', signal }))
    for (const nu of nuOf(unpacked(packed).counts)) all.push(nu);
  return Float64Array.from(all);
}

export function unpacked(packed: Uint8Array): Unpacked {
  return unpackSync(packed, (bytes, maxOutputLength) => inflateRawSync(bytes, { maxOutputLength }));
}

/** The counts of the same pixels, as `fractal leader` writes them. */
export async function countsOfStill(
  t: TestContext,
  { local }: Opened,
  { lattice, scene }: LookOrder,
  { look, piece }: { readonly look: Look; readonly piece: Piece },
): Promise<Float64Array> {
  const { re, im, zoom, rotation, width, height } = shownBy(lattice, piece);
  const place = { xpos: re, ypos: im, zoom, rotate: String(rotation), width: String(width), height: String(height) };
  const outfile = join(folder(t), 'still.npy');
  const raw: RawRequest = {
    ...scene,
    ...place,
    iters: String(look.iterations),
    method: look.perturbed ? 'perturbation' : 'direct',
    samples: '1',
    flip: 'false',
    outfile,
  };
  await render(orderOf(raw), inProcess(local), { emit: () => undefined, signal: never });
  return countsIn(readFileSync(outfile), width * height);
}

/** The first number of each pixel. */
function countsIn(npy: Buffer, pixels: number): Float64Array {
  const values = new Float64Array(Uint8Array.from(npy.subarray(10 + npy.readUInt16LE(8))).buffer);
  return Float64Array.from({ length: pixels }, (_, k) => values[(k * values.length) / pixels] as number);
}

/** Packing rounds to half of 1/256. */
export const CLOSE = 1 / 256;

/** How many counts differ by more than that; NaN and Infinity are equal to themselves only. */
export function different(a: Float64Array, b: Float64Array): number {
  return a.filter((nu, k) => !(nu === b[k] || Math.abs(nu - (b[k] as number)) <= CLOSE)).length;
}
