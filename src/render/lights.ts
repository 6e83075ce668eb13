/** The lights of slopes, as a user gives them and as numbers. */

import { sinCos } from '../view/plane.js';
import { linearOfHex } from './named-colour.js';
import type { Light } from './slope.js';

export interface Slope {
  /** 0 to 1. */
  readonly strength: number;
  /** Where the light comes from, degrees counter-clockwise from the right of the picture. */
  readonly angle: number;
  /** Hex colour of the light. Absent: white. */
  readonly colour?: string;
  /** Highlights, of both lights. Absent: none. */
  readonly highlights?: Highlights;
  /** A second light, which brightens what faces it. Absent: none. */
  readonly second?: SecondLight;
}

export interface Highlights {
  /** 0 to 1. */
  readonly strength: number;
  /** A whole number; the larger, the narrower they are. */
  readonly shininess: number;
}

export type SecondLight = Pick<Slope, 'strength' | 'angle' | 'colour'>;

export const DEFAULT_SLOPE: Slope = { strength: 0.7, angle: 135 };
export const DEFAULT_HIGHLIGHTS: Highlights = { strength: 0.4, shininess: 8 };
/** `angle`: from the angle of the first light on. */
export const DEFAULT_SECOND: SecondLight = { strength: 0.5, angle: 180 };

/** @throws FractalError PALETTE_INVALID */
export function lightsOf({ second, highlights, ...first }: Slope): Light[] {
  const lights = second ? [first, second] : [first];
  return lights.map(({ strength, angle, colour = '#fff' }) => {
    const [sin, cos] = sinCos(angle);
    const [red, green, blue] = linearOfHex(colour, 'the light');
    const specular = highlights?.strength ?? 0;
    const shininess = highlights?.shininess ?? 1;
    return { right: strength * cos, up: strength * sin, red, green, blue, specular, shininess };
  });
}

/** The slope for a picture that is mirrored top to bottom afterwards, so that its lights come from where they were. */
export function mirroredSlope(slope: Slope): Slope {
  const { second } = slope;
  return { ...slope, angle: -slope.angle, ...(second ? { second: { ...second, angle: -second.angle } } : {}) };
}

/** The slope with its first light elsewhere, and the second one turned as far. */
export function turnedSlope(slope: Slope, angle: number): Slope {
  const { second } = slope;
  const turned = second && { ...second, angle: second.angle + angle - slope.angle };
  return { ...slope, angle, ...(turned ? { second: turned } : {}) };
}
