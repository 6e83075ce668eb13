/** The explorer of a service: on its fleet, and with its store. */

import type { Fleet } from '../leader/fleet/fleet.js';
import { type Explorer, openExplorer, type Workers } from '../service/explore/explorer.js';
import { keptTiles, NOTHING_KEPT } from '../service/explore/kept-tiles.js';
import { numericsOf } from '../work/fractal/numerics.js';
import type { Emit } from './events.js';
import { openLookout } from './explorer.js';
import { openStore, type StoreOptions } from './kept-place.js';
import type { LocalWorkers } from './local-workers.js';
import { VERSION } from './version.js';

export interface ExplorerServiceOptions {
  readonly fleet: Fleet;
  readonly store: StoreOptions;
  /** Bytes of pieces in memory. */
  readonly tileMemory: number;
  /** Workers of the same process, which use the cores that answers need. */
  readonly local?: Pick<LocalWorkers, 'holdBackFor'> | undefined;
  readonly emit: Emit;
  /** Gets errors of the program itself. */
  report(error: unknown): void;
}

/** Closed, it resolves when what was kept is written. */
export async function explorerOn(
  options: ExplorerServiceOptions,
): Promise<Omit<Explorer, 'close'> & { close(): Promise<void> }> {
  const { fleet, store: place, tileMemory: memory, local, emit, report } = options;
  const now = () => performance.now();
  const store = await openStore(place, emit);
  const kept = place.place ? keptTiles(() => openStore(place, emit)) : NOTHING_KEPT;
  const lookout = openLookout({ fleet, store, numerics: await numericsOf('simd'), emit: SILENT, now });
  const explorer = openExplorer({
    ...{ lookout, memory, kept, workers: workersOf(fleet), version: VERSION, now, report },
    looked: () => local?.holdBackFor(ANSWER_MS),
  });
  return {
    admit: (from) => explorer.admit(from),
    get counts() {
      return explorer.counts;
    },
    async close() {
      explorer.close();
      await Promise.all([kept.close?.(), store?.close(CLOSE_MS)]);
    },
  };
}

/** In which what is in memory has been sent. */
const ANSWER_MS = 100;
const CLOSE_MS = 5_000;

/** Each look is a search and some jobs: what they report would be all that the log has. */
const SILENT: Emit = () => undefined;

function workersOf(fleet: Fleet): Workers {
  return {
    count() {
      const ready = fleet.workers.filter(({ state }) => state === 'ready');
      return { ready: ready.length, slots: ready.reduce((sum, { slots }) => sum + slots, 0) };
    },
    watch: (act) => fleet.subscribe(act),
  };
}
