/** How many threads assemble the frames of a film. */

import { availableParallelism } from 'node:os';
import { FractalError } from '../errors.js';
import { requireRoom } from '../worker/address-space.js';

/** No encoder takes more frames than so many threads assemble. */
const MOST = 8;

/** One for each core, up to MOST, or fewer where the address space of the process is limited; 0: the main thread. */
export function assemblyThreads(): number {
  for (let threads = Math.min(MOST, availableParallelism()); threads > 0; threads--) {
    try {
      requireRoom(threads);
      return threads;
    } catch (error) {
      if (!(error instanceof FractalError)) throw error;
    }
  }
  return 0;
}
