/** Batches of the agenda under way: begun when there is room, computed, stopped when they are superfluous. */

import { FractalError } from '../../errors.js';
import type { Agenda, Batch, WantedPiece } from './agenda.js';

export interface BatchesOptions {
  readonly agenda: Agenda;
  /** Milliseconds. */
  now(): number;
  /** Whether a viewer can be sent more. */
  takes(viewer: string): boolean;
  /** A piece was computed, for these viewers. `milliseconds`: since the one before it. */
  computed(wanted: WantedPiece, packed: Uint8Array, viewers: readonly string[], milliseconds: number): void;
  /** What a viewer wanted cannot be computed. */
  failed(viewer: string, error: unknown): void;
}

export interface Batches {
  /** Begins what can begin. */
  pump(): void;
  /**
   * Ends batches. Returns how many pieces of them are not computed any more. `ended`: called when all have ended on the
   * workers, with that number and the milliseconds; not if there were none.
   */
  stop(batches: readonly Batch[], ended?: (pieces: number, milliseconds: number) => void): number;
  /** Begins nothing any more. */
  close(): void;
}

/** The fleet has no room for another job: a batch is tried again. */
const AGAIN_MS = 100;
const STOPPED = new DOMException('no viewer looks at these pieces any more', 'AbortError');

interface Running {
  readonly control: AbortController;
  /** Called when its computation has ended. */
  readonly ends: (() => void)[];
  left: number;
}

export function openBatches({ agenda, now, takes, computed, failed }: BatchesOptions): Batches {
  const running = new Map<number, Running>();
  let isClosed = false;
  let again: NodeJS.Timeout | undefined;

  function pump(): void {
    if (isClosed || again) return;
    for (;;) {
      const batch = agenda.next(now(), takes);
      if (!batch) return;
      void run(batch);
    }
  }

  async function run(batch: Batch): Promise<void> {
    const one: Running = { control: new AbortController(), ends: [], left: batch.pieces.length };
    running.set(batch.number, one);
    let failure: unknown;
    try {
      await compute(batch, one);
    } catch (error) {
      if (!one.control.signal.aborted) failure = error;
    }
    running.delete(batch.number);
    const isFull = failure instanceof FractalError && failure.code === 'RESOURCES';
    const without = agenda.ended(batch, now(), isFull);
    if (isFull) later();
    for (const viewer of without) failed(viewer, failure ?? new Error('a computation ended early'));
    for (const end of one.ends) end();
    pump();
  }

  async function compute(batch: Batch, one: Running): Promise<void> {
    const { look } = batch.pieces[0] as WantedPiece;
    const todo = [...batch.pieces];
    let since = now();
    const pieces = todo.map(({ piece }) => piece);
    for await (const { packed } of look.compute(pieces, { owner: batch.viewer, signal: one.control.signal })) {
      const wanted = todo.shift();
      if (!wanted) break;
      one.left--;
      const milliseconds = now() - since;
      since = now();
      computed(wanted, packed, agenda.computed(batch, wanted), milliseconds);
    }
  }

  function later(): void {
    again ??= setTimeout(() => {
      again = undefined;
      pump();
    }, AGAIN_MS).unref();
  }

  return {
    pump,
    stop(batches, ended) {
      const since = now();
      let [pieces, left] = [0, 0];
      for (const { number } of batches) {
        const one = running.get(number);
        if (!one) continue;
        pieces += one.left;
        left++;
        one.ends.push(() => {
          if (--left === 0) ended?.(pieces, now() - since);
        });
        one.control.abort(STOPPED);
      }
      return pieces;
    },
    close() {
      isClosed = true;
      clearTimeout(again);
    },
  };
}
