/** The entry of a computing thread with the built-in kinds of work. */

import { BUILT_IN_STARTS } from '../work/computing.js';
import { computeIn } from './computing-thread.js';

computeIn(BUILT_IN_STARTS);
