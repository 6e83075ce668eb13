/** The entry of a computing thread with one kind of work besides the built-in ones. */

import { BUILT_IN_STARTS } from '../../src/work/computing.js';
import { computeIn } from '../../src/worker/computing-thread.js';
import { CHECKSUM, startChecksum } from './checksum-kind.js';

computeIn({ ...BUILT_IN_STARTS, [CHECKSUM]: startChecksum });
