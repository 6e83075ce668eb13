/** Declarations of /v1/palettes and /v1/palette. */

import * as z from 'zod';
import type { ImportedPalette, PaletteAnswer, PaletteEntry } from '../../explore/palettes.js';
import { type Declaration, json, raw } from './declaration.js';
import { ETAG, ifNoneMatch, inQuery } from './parameters.js';
import { named } from './schemas.js';

const texts = z.record(z.string(), z.string());
const flags = texts.describe('flags by name, as text');

const ENTRY = named(
  'Palette',
  z.object({
    name: z.string(),
    group: z.enum(['palette', 'gobrot', 'mode']).describe('gobrot: an older form; mode: a formula of the count'),
    flags: flags.readonly(),
    swatch: z.array(z.string()).readonly().describe('64 hex colours, at even distances'),
  }) satisfies z.ZodType<PaletteEntry>,
);
const PALETTES = named('Palettes', z.object({ palettes: z.array(ENTRY) }));

const numbers = <Name extends string>(...names: readonly Name[]) =>
  z.object(Object.fromEntries(names.map((name) => [name, z.number()])) as Record<Name, z.ZodNumber>);
const pattern = numbers('count', 'strength').exactOptional();

const TABLE = named(
  'PaletteTable',
  z.object({
    kind: z.enum(['cycle', 'bands', 'ramp', 'distance']).describe('how a sample becomes a position in the table'),
    size: z.int().min(1).describe('entries; one more, the last one, is the colour of the interior'),
    linear: z.string().describe('linear light, 3 numbers an entry, as little-endian floats of 32 bits in base64'),
    cycles: z.int().min(1).describe('of the palette in the table'),
    density: z.number().describe('as density and offset of the flags: in cycles of the palette'),
    offset: z.number(),
    curve: z
      .array(z.tuple([z.number(), z.number()]).readonly())
      .readonly()
      .exactOptional()
      .describe('knots of --color-curve'),
    hard: z.boolean().describe('a ramp without colours between its ends'),
    interior: z.enum(['period', 'multiplier', 'distance']).exactOptional(),
    lights: z.array(numbers('right', 'up', 'red', 'green', 'blue', 'specular', 'shininess')).readonly(),
    shade: numbers('width', 'strength', 'red', 'green', 'blue').exactOptional(),
    patterns: z.object({ stripes: pattern, decomposition: pattern, lines: pattern }).exactOptional(),
  }) satisfies z.ZodType<PaletteAnswer>,
);

const IMPORTED = named(
  'ImportedPalette',
  z.object({
    flags: flags.readonly(),
    notes: z.array(z.string()).readonly().describe('what of the file is not used, or differs'),
  }) satisfies z.ZodType<ImportedPalette>,
);

export const LIST_PALETTES = {
  id: 'listPalettes',
  method: 'GET',
  path: '/v1/palettes',
  role: 'view',
  tag: 'Explorer',
  summary: 'Lists the palettes and the formulas of colours, with swatches',
  parameters: [ifNoneMatch],
  answers: {
    200: { describe: 'The palettes', content: json(PALETTES), headers: ETAG },
    304: { describe: 'They have not changed', headers: ETAG },
  },
} as const satisfies Declaration;

export const GET_PALETTE = {
  id: 'getPalette',
  method: 'GET',
  path: '/v1/palette',
  role: 'view',
  tag: 'Explorer',
  summary: 'Returns the colours of a picture as numbers, with which a program can paint as this one does',
  description:
    'Parameters are flags of a picture that shape its colours, by name; those of its samples are ignored. Long palettes: POST /v1/palette.',
  parameters: [
    inQuery('palette', z.string(), 'a name, hex colours with commas between, or stops as JSON'),
    inQuery('color-mode', z.string(), 'as the flag; so are all other flags of colours'),
    ifNoneMatch,
  ],
  answers: {
    200: { describe: 'The table', content: json(TABLE), headers: ETAG },
    304: { describe: 'It has not changed', headers: ETAG },
  },
  problems: [400],
} as const satisfies Declaration;

export const MAKE_PALETTE = {
  id: 'makePalette',
  method: 'POST',
  path: '/v1/palette',
  role: 'view',
  tag: 'Explorer',
  summary: 'Returns the same of flags in the body, which may be long',
  body: { describe: 'Flags by name, as text', content: json(named('PaletteFlags', texts)) },
  answers: { 200: { describe: 'The table', content: json(TABLE) } },
  problems: [400, 408, 413, 415],
} as const satisfies Declaration;

export const IMPORT_PALETTE = {
  id: 'importPalette',
  method: 'POST',
  path: '/v1/palettes',
  role: 'view',
  tag: 'Explorer',
  summary: 'Reads the palette of a file, or of a picture, into flags; keeps nothing',
  parameters: [inQuery('name', z.string(), 'of the file; of a .ugr also "file.ugr:Gradient"')],
  body: { describe: 'The bytes of the file, at most 16 MiB', content: raw('application/octet-stream') },
  answers: { 200: { describe: 'The palette', content: json(IMPORTED) } },
  problems: [400, 408, 413, 415],
} as const satisfies Declaration;
