/** Flags about how densely and how exactly a picture is sampled. */

import { MAX_SAMPLES } from '../../view/bounds.js';
import { SAMPLING_ERROR } from '../../view/view.js';
import { type FlagTable, RENDERING } from './flag.js';
import { sampleCount, whole, yesNo } from './schemas.js';

const group = 'Quality';
const shapes = 'samples';

export const QUALITY_FLAGS = {
  samples: {
    group,
    shapes,
    commands: RENDERING,
    value: 'N',
    schema: sampleCount(MAX_SAMPLES),
    describe: `samples a pixel, at jittered places; auto:E: 1 to 65, for a standard error of E of 256 levels; auto: of ${SAMPLING_ERROR.usual}`,
    defaultText: 'stills: auto; films, raw samples: 1',
    metadata: ({ sampling }) =>
      sampling.kind === 'jittered'
        ? String(sampling.count)
        : sampling.kind === 'adaptive'
          ? `auto:${sampling.error}`
          : undefined,
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
