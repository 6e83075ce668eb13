/** The flags of lights and shades. */

import { DEFAULT_SHADE, DEFAULT_SLOPE, type Shade, type Slope } from '../render/colours.js';
import { DEFAULT_HIGHLIGHTS, DEFAULT_SECOND, type Highlights, type SecondLight } from '../render/lights.js';
import type { PICTURE_FLAGS } from './flags/index.js';
import { invalid, type Values } from './values.js';

type Flags = Values<typeof PICTURE_FLAGS>;

/** @throws FractalError REQUEST_INVALID for a flag that says more of another one, which is absent */
export function slopeOf(v: Flags): Slope | undefined {
  requireFlag(v, 'slope', ['slope-angle', 'slope-color', 'slope-specular', 'slope-second']);
  requireFlag(v, 'slope-specular', ['slope-shininess']);
  requireFlag(v, 'slope-second', ['slope-second-angle', 'slope-second-color']);
  if (!v.slope) return undefined;
  const angle = v['slope-angle'] ?? DEFAULT_SLOPE.angle;
  const highlights = highlightsOf(v);
  const second = secondLightOf(v, angle);
  return {
    ...{ strength: v.slope, angle },
    ...colourOf(v['slope-color']),
    ...(highlights ? { highlights } : {}),
    ...(second ? { second } : {}),
  };
}

function highlightsOf(v: Flags): Highlights | undefined {
  const strength = v['slope-specular'];
  return strength ? { strength, shininess: v['slope-shininess'] ?? DEFAULT_HIGHLIGHTS.shininess } : undefined;
}

/** `angle`: of the first light. */
function secondLightOf(v: Flags, angle: number): SecondLight | undefined {
  if (!v['slope-second']) return undefined;
  const own = v['slope-second-angle'] ?? angle + DEFAULT_SECOND.angle;
  return { strength: v['slope-second'], angle: own, ...colourOf(v['slope-second-color']) };
}

/** @throws FractalError REQUEST_INVALID as `slopeOf` does */
export function shadeOf(v: Flags): Shade | undefined {
  requireFlag(v, 'shade', ['shade-width', 'shade-strength']);
  if (v.shade === undefined) return undefined;
  const width = v['shade-width'] ?? DEFAULT_SHADE.width;
  return { width, strength: v['shade-strength'] ?? DEFAULT_SHADE.strength, ...v.shade };
}

function colourOf(colour: string | undefined): { readonly colour?: string } {
  return colour === undefined ? {} : { colour };
}

/** `more`: flags that mean nothing without the flag. */
function requireFlag(v: Flags, flag: keyof Flags, more: readonly (keyof Flags)[]): void {
  if (v[flag] !== undefined) return;
  const given = more.find((name) => v[name] !== undefined);
  if (given) throw invalid(`--${given} says more of --${flag}: give that too`);
}
