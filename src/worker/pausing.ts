/** Pauses of a computing thread: between the parts of a shard it looks whether it is to stop, or to wait. */

/** Milliseconds that a shard waits at most, beyond those for which it has computed. */
const WAIT_MS = 1_000;

/** What the main thread sets; one number a slot in each. */
export interface Signals {
  /** The shard, by its number, that the thread should stop. */
  readonly stops: Int32Array;
  /** 1: the thread should wait. */
  readonly pauses: Int32Array;
}

export interface Pausing {
  /** Whether the shard is to be left unfinished; returns once it need not wait any more. */
  stopped(): boolean;
  /** Seconds that the shard has computed for, without those that it waited. */
  seconds(): number;
}

/** Of the shard with this number, which begins now. */
export function pausing({ stops, pauses }: Signals, slot: number, number: number): Pausing {
  const began = performance.now();
  let waited = 0;
  const isStopped = () => Atomics.load(stops, slot) === number;
  const computed = () => performance.now() - began - waited;
  return {
    stopped() {
      while (Atomics.load(pauses, slot) === 1 && !isStopped()) {
        const left = WAIT_MS + computed() - waited;
        if (left <= 0) break;
        const from = performance.now();
        Atomics.wait(pauses, slot, 1, left);
        waited += performance.now() - from;
      }
      return isStopped();
    },
    seconds: () => computed() / 1000,
  };
}
