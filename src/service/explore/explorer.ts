/**
 * All viewers of the explorer: they share the workers, the caches and what is being computed. A viewer that leaves costs
 * nothing any more.
 */

import { FractalError, messageOf, oneLine } from '../../errors.js';
import { TILE } from '../../tiles/lattice.js';
import type { FromViewer, WorkersMessage } from '../../tiles/protocol.js';
import { Agenda } from './agenda.js';
import { openBatches } from './batches.js';
import { type KeptTiles, NOTHING_KEPT } from './kept-tiles.js';
import type { Lookout } from './lookout.js';
import { tileCache } from './tile-cache.js';
import { type Line, round, type Surroundings, Viewer } from './viewer.js';

export interface ExplorerOptions {
  readonly lookout: Lookout;
  /** Bytes of pieces in memory. */
  readonly memory: number;
  /** Absent: pieces are kept in memory only. */
  readonly kept?: KeptTiles;
  readonly workers: Workers;
  /** Of the program. */
  readonly version: string;
  /** Milliseconds. */
  now(): number;
  /** A viewer looks at something: what is in memory is sent now. */
  looked?(): void;
  /** Gets errors of the program itself. */
  report(error: unknown): void;
}

/** The workers that are ready. */
export interface Workers {
  count(): Omit<WorkersMessage, 'type'>;
  /** Calls `act` when their number or their slots may have changed. Returns a function that ends this. */
  watch(act: () => void): () => void;
}

export interface Explorer {
  /** @throws FractalError QUOTA when there are too many viewers already, from this place or in all */
  admit(from: string): Admitted;
  readonly counts: Counts;
  /** Stops what is being computed; nothing is sent any more. */
  close(): void;
}

/** A viewer for which there is room, connected or not yet. */
export interface Admitted {
  connect(line: Line): Connected;
  /** Idempotent. */
  leave(): void;
}

export interface Connected {
  receive(message: FromViewer): void;
  /** The connection takes more pieces again. */
  drained(): void;
}

/** Since the start. */
export interface Counts {
  readonly viewers: number;
  readonly computed: number;
  /** Pieces sent that were computed before. */
  readonly cached: number;
  readonly stopped: number;
  /** Of pieces sent. */
  readonly bytes: number;
  /** In memory. */
  readonly memory: number;
  /** Pieces that are wanted and wait. */
  readonly waiting: number;
}

export const MOST_VIEWERS = { all: 256, place: 32 } as const;
/** A piece that took less is computed again rather than kept in the store. */
const KEPT_MS = 10;

interface Guest {
  readonly from: string;
  viewer?: Viewer;
  line?: Line;
}

export function openExplorer(options: ExplorerOptions): Explorer {
  const { lookout, kept = NOTHING_KEPT, workers, now, report } = options;
  const guests = new Map<string, Guest>();
  const agenda = new Agenda(TILE);
  const cache = tileCache(options.memory);
  const counts = { computed: 0, cached: 0, stopped: 0, bytes: 0 };
  let isClosed = false;
  let ready = workers.count();
  agenda.slots = Math.max(1, ready.slots);
  const batches = openBatches({
    ...{ agenda, now },
    takes: (name) => guests.get(name)?.viewer?.hasRoom ?? false,
    computed(wanted, packed, names, milliseconds) {
      cache.put(wanted.key, { packed, iterations: wanted.look.iterations });
      if (milliseconds >= KEPT_MS) kept.keep(wanted.key, packed);
      counts.computed++;
      for (const name of names) guests.get(name)?.viewer?.deliver(wanted, packed, 'computed');
    },
    failed: (name, error) => guests.get(name)?.viewer?.failed(error),
  });
  const unwatch = workers.watch(() => {
    const latest = workers.count();
    if (latest.ready === ready.ready && latest.slots === ready.slots) return;
    ready = latest;
    agenda.slots = Math.max(1, ready.slots);
    for (const { line } of guests.values()) line?.send({ type: 'workers', ...ready });
    batches.pump();
  });

  function surroundingsOf(name: string, line: Line): Surroundings {
    return {
      ...{ lookout, now },
      recall: (key) => cache.get(key),
      remember: (key, piece) => cache.put(key, piece),
      search(pieces, signal, found) {
        for (const piece of pieces) {
          void kept.find(piece.key, signal).then((packed) => {
            if (!packed || signal.aborted || isClosed) return;
            cache.put(piece.key, { packed, iterations: piece.look.iterations });
            agenda.found(name, piece.key);
            found(piece, packed);
          });
        }
      },
      want(pieces, id) {
        counts.stopped += batches.stop(agenda.want(name, pieces), (stopped, milliseconds) =>
          line.send({ type: 'stopped', id, pieces: stopped, milliseconds: round(milliseconds) }),
        );
        batches.pump();
      },
      running: () => agenda.runningFor(name),
      sent(how, bytes) {
        if (how === 'cached') counts.cached++;
        counts.bytes += bytes;
      },
      explain,
    };
  }

  function explain(error: unknown): { readonly code: string; readonly message: string } {
    if (error instanceof FractalError && error.code !== 'INTERNAL')
      return { code: error.code, message: oneLine(error.message) };
    report(error instanceof Error ? error : new Error(messageOf(error)));
    return { code: 'INTERNAL', message: 'an error of the service; its log has more' };
  }

  function leave(name: string): void {
    const guest = guests.get(name);
    if (!guest) return;
    guests.delete(name);
    guest.viewer?.close();
    counts.stopped += batches.stop(agenda.leave(name));
    batches.pump();
  }

  return {
    admit(from) {
      const here = [...guests.values()].filter((guest) => guest.from === from).length;
      if (guests.size >= MOST_VIEWERS.all || here >= MOST_VIEWERS.place)
        throw new FractalError(
          'QUOTA',
          `${here} viewers of ${guests.size} in all are yours: close one, then come back`,
        );
      const name = freeName(guests);
      const guest: Guest = { from };
      guests.set(name, guest);
      const connect = (line: Line): Connected => {
        const viewer = new Viewer(line, surroundingsOf(name, line));
        Object.assign(guest, { viewer, line });
        line.send({ type: 'hello', version: options.version });
        line.send({ type: 'workers', ...ready });
        return {
          receive(message) {
            try {
              if (message.type === 'look') options.looked?.();
              viewer.receive(message);
            } catch (error) {
              line.send({ type: 'failed', id: 'id' in message ? message.id : 0, ...explain(error) });
            }
          },
          drained() {
            viewer.flush();
            batches.pump();
          },
        };
      };
      return { connect, leave: () => guests.get(name) === guest && leave(name) };
    },
    get counts() {
      return { viewers: guests.size, ...counts, memory: cache.bytes, waiting: agenda.waiting };
    },
    close() {
      isClosed = true;
      unwatch();
      batches.close();
      for (const name of [...guests.keys()]) leave(name);
    },
  };
}

/** The lowest that is free: the fleet remembers the names of owners. */
function freeName(taken: ReadonlyMap<string, unknown>): string {
  for (let k = 1; ; k++) if (!taken.has(`viewer-${k}`)) return `viewer-${k}`;
}
