/** Flags about the store of finished frames and samples. */

import { storePlace } from '../store-place.js';
import { type FlagTable, WRITING } from './flag.js';
import { byteSize, yesNo } from './schemas.js';

const group = 'Store of finished parts';
const KEEPING = [...WRITING, 'serve', 'explore'] as const;

export const STORE_FLAGS = {
  store: {
    group,
    commands: KEEPING,
    on: { serve: { defaultText: 'store in the folder of --data' } },
    value: 'PLACE',
    negatable: true,
    schema: storePlace,
    describe: 'keep finished parts here and use them again: a folder, or s3://bucket/prefix; --no-store: keep nothing',
    defaultText: "fractal in the user's cache folder",
  },
  'store-size': {
    group,
    commands: KEEPING,
    value: 'BYTES',
    schema: byteSize,
    describe: 'size limit of a store in a folder; the entries used longest ago are removed',
    defaultText: '2G, more for a job that needs it where the disk has room',
  },
  'keep-samples': {
    group,
    commands: ['leader', 'submit'],
    schema: yesNo,
    describe: 'keep raw samples, for "fractal recolor"',
  },
} as const satisfies FlagTable;
