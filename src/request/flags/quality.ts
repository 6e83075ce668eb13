/** Flags about how densely and how exactly a picture is sampled. */

import * as z from 'zod';
import { MAX_SAMPLES } from '../../view/bounds.js';
import { type FlagTable, RENDERING } from './flag.js';
import { whole, yesNo } from './schemas.js';

const group = 'Quality';
const shapes = 'samples';

export const QUALITY_FLAGS = {
  samples: {
    group,
    shapes,
    commands: RENDERING,
    value: 'N',
    schema: z.union([z.literal('auto'), whole(1, MAX_SAMPLES)], {
      message: `auto, or a whole number from 1 to ${MAX_SAMPLES}`,
    }),
    describe: 'samples a pixel, at jittered places; auto: 1 to 65, as many as colours need',
    defaultText: 'stills: auto; films, raw samples: 1',
    metadata: ({ sampling }) =>
      sampling.kind === 'jittered' ? String(sampling.count) : sampling.kind === 'adaptive' ? 'auto' : undefined,
  },
  seed: {
    group,
    shapes,
    commands: RENDERING,
    value: 'N',
    schema: whole(0, 2 ** 31 - 1),
    describe: 'seed of the jitter',
    default: '0',
    metadata: ({ sampling }) => ('seed' in sampling ? String(sampling.seed) : undefined),
  },
  smoothness: {
    group,
    shapes,
    commands: RENDERING,
    value: 'S',
    schema: whole(1, 64),
    insteadOf: 'samples',
    describe: 'S x S samples a pixel, on a grid, instead of --samples',
    metadata: ({ sampling }) => (sampling.kind === 'grid' ? String(sampling.side) : undefined),
  },
  'full-size': {
    group,
    shapes,
    commands: RENDERING,
    schema: yesNo,
    describe: 'write the S times larger picture of --smoothness as it is',
  },
  exact: {
    group,
    shapes,
    commands: RENDERING,
    schema: yesNo,
    describe: 'deep views: leave no pixel uncertain, however long that takes',
    metadata: ({ exact }) => (exact ? 'true' : undefined),
  },
} as const satisfies FlagTable;
