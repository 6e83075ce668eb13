/**
 * The colours of a scene as numbers: what GET /v1/palette answers. They are the paint with which the command line colours a
 * picture of 720 rows or less (src/render/paint.ts), so that a shader gives the same colours.
 */

export interface PaletteTable {
  /** How a sample becomes a position in the table: src/render/base-colour.ts. */
  readonly kind: 'cycle' | 'bands' | 'ramp' | 'distance';
  /** Entries of the table; one more, the last one, is the interior's. */
  readonly size: number;
  /** Linear light, 3 numbers an entry. */
  readonly linear: Float32Array;
  /** Cycles of the palette in the table: with a wave there may be several. */
  readonly cycles: number;
  /** In cycles of the table. What the scene says, or is found for a picture, replaces them. */
  readonly density: number;
  readonly offset: number;
  /** A ramp without colours between its ends. */
  readonly hard: boolean;
  readonly interior?: 'period' | 'multiplier' | 'distance';
  /** At most two. */
  readonly lights: readonly Light[];
  readonly shade?: Shade;
  readonly patterns?: Patterns;
}

/** src/render/slope.ts */
export interface Light {
  readonly right: number;
  readonly up: number;
  readonly red: number;
  readonly green: number;
  readonly blue: number;
  readonly specular: number;
  readonly shininess: number;
}

/** src/render/distance-shade.ts */
export interface Shade {
  readonly width: number;
  readonly strength: number;
  readonly red: number;
  readonly green: number;
  readonly blue: number;
}

export interface Pattern {
  readonly count: number;
  readonly strength: number;
}

/** src/render/patterns.ts; textures are not drawn. */
export interface Patterns {
  readonly stripes?: Pattern;
  readonly decomposition?: Pattern;
  readonly lines?: Pattern;
}

/** Cycles by the root of the count. */
export type Knots = readonly (readonly [root: number, cycles: number])[];

/** As JSON has it: `linear` is the base64 of little-endian 32-bit floats. */
export type PaletteAnswer = Omit<PaletteTable, 'linear'> & { readonly linear: string };

export function readPaletteTable({ linear, ...rest }: PaletteAnswer): PaletteTable {
  const text = atob(linear);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return { ...rest, linear: new Float32Array(bytes.buffer) };
}
