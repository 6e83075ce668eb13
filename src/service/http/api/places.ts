/** Declarations of /v1/locate and /v1/location. */

import * as z from 'zod';
import type { LocateOrder, Minibrot, PlaceOfFile } from '../../explore/places.js';
import { type Declaration, json, raw } from './declaration.js';
import { inQuery } from './parameters.js';
import { named } from './schemas.js';

/** Characters of a coordinate: deeper than the deepest view. */
const coordinate = z.string().min(1).max(40_000);
const scene = z.record(z.string(), z.string()).readonly().describe('flags of a picture by name, as text');
const point = { re: coordinate.describe('decimal, with all its digits'), im: coordinate };

export const LOCATE_ORDER = named(
  'LocateOrder',
  z.strictObject({
    ...{ scene, ...point, zoom: coordinate.describe('the view is 4/zoom high') },
    aspect: z.number().min(0.01).max(100).exactOptional().describe('width by height of the view'),
  }) satisfies z.ZodType<LocateOrder>,
);

const MINIBROT = named(
  'Minibrot',
  z.object({
    ...{ ...point, zoom: coordinate.describe('of a view that holds all of it') },
    period: z.int().min(1),
    iters: z.number().exactOptional().describe('an iteration limit with which its shape shows'),
  }) satisfies z.ZodType<Minibrot>,
);

const PLACE = named(
  'PlaceOfFile',
  z.object({
    ...{ scene, ...point, zoom: coordinate },
    rotation: z.number().describe('degrees'),
    notes: z.array(z.string()).readonly().describe('what of the file is not used, or differs'),
  }) satisfies z.ZodType<PlaceOfFile>,
);

export const LOCATE = {
  id: 'locate',
  method: 'POST',
  path: '/v1/locate',
  role: 'view',
  tag: 'Explorer',
  summary: 'Finds the minibrot of a view',
  description: 'The search ends after 20 s, or when the client leaves.',
  body: { describe: 'The view', content: json(LOCATE_ORDER) },
  answers: { 200: { describe: 'The minibrot', content: json(MINIBROT) } },
  problems: [400, 404, 408, 413, 415],
} as const satisfies Declaration;

export const READ_LOCATION = {
  id: 'readLocation',
  method: 'POST',
  path: '/v1/location',
  role: 'view',
  tag: 'Explorer',
  summary: 'Reads the place that a file shows: of a location, or a picture of this program; keeps nothing',
  parameters: [inQuery('name', z.string(), 'of the file, with its ending')],
  body: { describe: 'The bytes of the file, at most 64 MiB', content: raw('application/octet-stream') },
  answers: { 200: { describe: 'The place', content: json(PLACE) } },
  problems: [400, 408, 413, 415],
} as const satisfies Declaration;
