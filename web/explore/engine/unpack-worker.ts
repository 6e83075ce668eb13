/** The thread that unpacks pieces. */

import { inflateStream } from '../../../src/tiles/inflate.js';
import { unpack } from '../../../src/tiles/packing.js';
import { samplesOf } from './samples.js';

/** What the page sends, and what it gets: `wrong` is one line. */
export interface Packed {
  readonly id: number;
  readonly packed: Uint8Array;
}

addEventListener('message', async ({ data: { id, packed } }: MessageEvent<Packed>) => {
  try {
    const samples = samplesOf(await unpack(packed, inflateStream));
    const arrays = [samples.counts, samples.distance, samples.footprint, samples.phase, samples.cycle];
    // The lib of this project is that of pages, whose postMessage takes an origin.
    const send = postMessage as unknown as (message: unknown, transfer: Transferable[]) => void;
    send(
      { id, samples },
      arrays.flatMap((array) => (array ? [array.buffer as ArrayBuffer] : [])),
    );
  } catch (error) {
    postMessage({ id, wrong: error instanceof Error ? error.message : String(error) });
  }
});
