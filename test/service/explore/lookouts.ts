/** A lookout whose pieces a test lets come, and that counts what is computed and stopped. */

import { FractalError } from '../../../src/errors.js';
import type { ComputedPiece, Look, LookOrder, Lookout } from '../../../src/service/explore/lookout.js';
import type { Piece } from '../../../src/tiles/lattice.js';

export interface TestBatch {
  readonly owner: string;
  readonly look: Look;
  readonly pieces: readonly Piece[];
  readonly signal: AbortSignal;
  /** The next piece is there. */
  give(bytes?: Uint8Array): void;
  fail(error: unknown): void;
}

export interface TestLookout extends Lookout {
  readonly orders: LookOrder[];
  readonly batches: TestBatch[];
  /** Those that have not ended. */
  readonly running: readonly TestBatch[];
  /** Orders are answered when the test says so. */
  holdLooks(): { release(): void };
}

export interface LookoutOptions {
  /** Milliseconds for a piece; absent: the test gives each. */
  readonly pace?: number;
  /** Slots that compute at once; absent: any number. */
  readonly slots?: number;
  readonly iterations?: (order: LookOrder) => number;
  /** Whether another look is of use for a provisional one. */
  readonly nearby?: boolean;
  /** Bytes of a piece. */
  readonly bytes?: number;
}

export function testLookout({
  pace,
  slots = Infinity,
  nearby = true,
  bytes = 64,
  ...given
}: LookoutOptions = {}): TestLookout {
  const batches: (TestBatch & { ended: boolean })[] = [];
  const orders: LookOrder[] = [];
  const waiting: (() => void)[] = [];
  let held: Promise<void> | undefined;
  let busy = 0;
  const slot = async (signal: AbortSignal) => {
    if (busy >= slots) await new Promise<void>((resolve) => waiting.push(resolve));
    busy++;
    await passed(pace ?? 0, signal).finally(() => {
      busy--;
      waiting.shift()?.();
    });
  };

  function lookFor(order: LookOrder, provisional: boolean): Look {
    const iterations = given.iterations?.(order) ?? 1000;
    const look: Look = {
      ...{ iterations, perturbed: false, provisional },
      key: `${JSON.stringify(order.scene)} ${iterations}`,
      colours: async () => ({ density: 2, offset: 0.5 }),
      compute: (pieces, { owner, signal }) => compute(look, pieces, owner, signal),
    };
    return look;
  }

  async function* compute(
    look: Look,
    pieces: readonly Piece[],
    owner: string,
    signal: AbortSignal,
  ): AsyncGenerator<ComputedPiece> {
    const given: (Uint8Array | Error)[] = [];
    let wake = () => {};
    const put = (one: Uint8Array | Error) => {
      given.push(one);
      wake();
    };
    const give = (packed = new Uint8Array(bytes)) => put(packed);
    const batch = { owner, look, pieces, signal, give, fail: (error: unknown) => put(error as Error), ended: false };
    batches.push(batch);
    signal.addEventListener('abort', () => wake());
    try {
      for (const piece of pieces) {
        signal.throwIfAborted();
        if (pace !== undefined) {
          await slot(signal);
          yield { piece, packed: new Uint8Array(bytes) };
          continue;
        }
        while (given.length === 0) {
          signal.throwIfAborted();
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
        const one = given.shift();
        if (one instanceof Error) throw one;
        yield { piece, packed: one as Uint8Array };
      }
    } finally {
      batch.ended = true;
    }
  }

  return {
    orders,
    batches,
    get running() {
      return batches.filter(({ ended }) => !ended);
    },
    async look(order, signal) {
      orders.push(order);
      await held;
      signal.throwIfAborted();
      if (order.scene.wrong) throw new FractalError('REQUEST_INVALID', `--wrong ${order.scene.wrong} is no flag`);
      return lookFor(order, false);
    },
    near: (order) => (nearby ? { ...lookFor(order, true), key: `near ${JSON.stringify(order.scene)}` } : undefined),
    async value(_, point) {
      return { nu: Number(point.re), pixels: 1, distance: '0.5', period: null, iterations: 1000 };
    },
    holdLooks() {
      let release = () => {};
      held = new Promise((resolve) => {
        release = resolve;
      });
      return {
        release() {
          held = undefined;
          release();
        },
      };
    },
  };
}

/** Rejects with the signal's reason. */
function passed(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const timer = setTimeout(done, ms);
    function done(): void {
      signal.removeEventListener('abort', stop);
      resolve();
    }
    function stop(): void {
      clearTimeout(timer);
      reject(signal.reason);
    }
    signal.addEventListener('abort', stop, { once: true });
  });
}
