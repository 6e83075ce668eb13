/** What viewers of the explorer send, checked: sizes, ranges and numbers are bounded before anything is computed with them. */

import * as z from 'zod';
import { FractalError } from '../../../errors.js';
import { LEVEL, MOST_OFFSET, offsetOf, TILE } from '../../../tiles/lattice.js';
import { type FromViewer, LIMITS } from '../../../tiles/protocol.js';
import { outlineOf } from '../../../view/decimal.js';

/** Digits behind the point of a coordinate: those of the deepest level, and some more. */
const MOST_DECIMALS = 32_000;
/** Of a coordinate: larger than all that is to be seen at the shallowest level. */
const MOST_MAGNITUDE = 6;
const MOST_FLAGS = 100;
const MOST_FLAG_TEXT = 64 << 10;
const MOST_TURN = 1e6;
const MOST_STRETCH = 1e6;
/** Tiles from the anchor. */
const MOST_TILES = MOST_OFFSET / TILE;

const id = z.int().min(1).max(0xffff_ffff);
const coordinate = z
  .string()
  .max(MOST_DECIMALS + 16)
  .refine(isCoordinate, { message: 'no decimal number, or one of too many digits' });
const point = z.strictObject({ re: coordinate, im: coordinate });
const level = z.int().min(LEVEL.min).max(LEVEL.max);
const scene = z
  .record(z.string().regex(/^[a-z][a-z0-9-]{0,39}$/), z.string().max(MOST_FLAG_TEXT))
  .refine((flags) => Object.keys(flags).length <= MOST_FLAGS, { message: `more than ${MOST_FLAGS} flags` });
const stretch = z.number().min(-MOST_STRETCH).max(MOST_STRETCH);
const lattice = z.strictObject({
  anchor: point,
  level,
  rotation: z.number().min(-MOST_TURN).max(MOST_TURN),
  deformation: z
    .tuple([stretch, stretch, stretch, stretch])
    .refine(([xx, xy, yx, yy]) => Math.abs(xx * yy - xy * yx) > 1 / MOST_STRETCH, { message: 'nothing is left of it' })
    .optional(),
});
const tile = z.int().min(-MOST_TILES).max(MOST_TILES);
const piece = z
  .strictObject({ left: tile, top: tile, right: tile, bottom: tile, scale: z.literal([...LIMITS.scales]) })
  .refine(({ left, top, right, bottom }) => left < right && top < bottom, { message: 'an area without tiles' })
  .refine((one) => pixelsOf(one) <= LIMITS.pixels, { message: `more than ${LIMITS.pixels} pixels` });
const side = z.int().min(1).max(LIMITS.side);

const LOOK = z
  .strictObject({
    type: z.literal('look'),
    ...{ id, scene, lattice, centre: point, width: side, height: side, colours: z.boolean() },
    pieces: z.array(piece).max(LIMITS.pieces),
  })
  .refine(({ pieces }) => pieces.reduce((sum, one) => sum + pixelsOf(one), 0) <= LIMITS.look, {
    message: `the pieces have more than ${LIMITS.look} pixels`,
    path: ['pieces'],
  })
  .refine(({ lattice, centre }) => isNear(lattice as Parameters<typeof isNear>[0], centre), {
    message: `more than ${MOST_OFFSET} pixels from the anchor`,
    path: ['centre'],
  });
const PROBE = z.strictObject({ type: z.literal('probe'), id, scene, point, level });
const STOP = z.strictObject({ type: z.literal('stop') });
const MESSAGE = z.discriminatedUnion('type', [LOOK, PROBE, STOP]);

/** @throws WrongMessage */
export function readFromViewer(text: string): FromViewer {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new WrongMessage('a message is not JSON', 0);
  }
  const { data, error } = MESSAGE.safeParse(value);
  if (data) return data as FromViewer;
  const [issue] = error.issues;
  const where = issue?.path.length ? `"${issue.path.join('.')}"` : 'the message';
  throw new WrongMessage(`${where} is wrong: ${issue?.message ?? 'unknown'}`, idOf(value));
}

/** With the id that the message gives, or 0. */
export class WrongMessage extends FractalError {
  constructor(
    why: string,
    readonly id: number,
  ) {
    super('HTTP_INVALID', `${why}; docs/explorer.md describes the messages`);
  }
}

function idOf(value: unknown): number {
  const given = typeof value === 'object' && value !== null && 'id' in value ? value.id : 0;
  return id.safeParse(given).data ?? 0;
}

function isCoordinate(text: string): boolean {
  const outline = outlineOf(text);
  return outline !== undefined && outline.magnitude <= MOST_MAGNITUDE && outline.decimals <= MOST_DECIMALS;
}

function pixelsOf(one: Readonly<Record<'left' | 'top' | 'right' | 'bottom' | 'scale', number>>): number {
  return (((one.right - one.left) * TILE) / one.scale) * (((one.bottom - one.top) * TILE) / one.scale);
}

function isNear(...[lattice, centre]: Parameters<typeof offsetOf>): boolean {
  const { x, y } = offsetOf(lattice, centre);
  return Math.abs(x) <= MOST_OFFSET && Math.abs(y) <= MOST_OFFSET;
}
