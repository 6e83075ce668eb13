/** Pixels of pictures and films that are rendered in this process. */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { render } from '../../src/app/render.js';
import { loadSharp } from '../../src/render/stills.js';
import type { RawRequest } from '../../src/request/parse.js';
import { folder } from '../e2e/processes.js';
import { inProcess, localWorkers, never, orderOf } from './orders.js';

const context = { emit: () => undefined, signal: never };

/** Pixels of a still, or of all frames of a film in order; with workers, shards and store as given. */
export async function pixelsOf(t: TestContext, raw: RawRequest, workers = 1, store?: string): Promise<Uint8Array[]> {
  const at = folder(t);
  const name = raw.frames ? '%03d.png' : 'still.png';
  const order = orderOf({ ...raw, outfile: join(at, name) }, store);
  await render({ ...order, store: { ...order.store, samples: true } }, inProcess(localWorkers(t, workers)), context);
  return pixelsIn(at);
}

export async function pixelsIn(at: string): Promise<Uint8Array[]> {
  const sharp = await loadSharp();
  const files = readdirSync(at).sort();
  return Promise.all(
    files.map((file) =>
      sharp(readFileSync(join(at, file)))
        .raw()
        .toBuffer(),
    ),
  );
}
