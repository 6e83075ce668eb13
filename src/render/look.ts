/** What of the colours may change from frame to frame of a film: numbers, while tables stay. */

import { type Colours, inTables } from './colours.js';
import { lightsOf, turnedSlope } from './lights.js';
import type { Paint } from './paint.js';

export interface Look {
  /** Cycles of the palette. */
  readonly offset: number;
  /** Cycles for the same change of the count, as a multiple of the usual number. */
  readonly density: number;
  /** Where the light of slopes comes from, degrees counter-clockwise from the right; absent: no slopes. */
  readonly angle?: number;
}

/** The numbers of a paint that a look decides. */
export type LookNumbers = Pick<Paint, 'offset' | 'density' | 'lights'>;

export function lookOf({ offset, density, slope }: Colours): Look {
  return { offset, density, ...(slope ? { angle: slope.angle } : {}) };
}

/** `paint`: of these colours. */
export function withLook(paint: Paint, colours: Colours, { offset, density, angle }: Look): Paint {
  const { slope } = colours;
  const lights = slope && angle !== undefined ? { lights: lightsOf(turnedSlope(slope, angle)) } : {};
  return { ...paint, ...(paint.kind === 'ramp' ? {} : inTables(colours, { offset, density })), ...lights };
}
