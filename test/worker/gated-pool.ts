/** A pool without threads: the shards that begin are finished when the test says so. */

import type { Assignment, Scene } from '../../src/cluster/messages.js';
import { FractalError } from '../../src/errors.js';
import { BUILT_IN } from '../../src/work/kinds.js';
import type { Pool, Seat } from '../../src/worker/pool.js';
import { fractalOf } from './views.js';

type Finish = Parameters<Seat['queue']>[1];

interface Job {
  readonly seat: object;
  readonly assignment: Assignment;
  readonly finish: Finish;
}

export interface GatedPool extends Pool {
  /** The shards that are being computed, then those that wait, of all sessions. */
  readonly shards: number[];
  readonly seats: number;
  readonly scenes: readonly Scene[];
  /** Finishes a shard that has begun, with these bytes. */
  finish(shard: number, bytes?: Uint8Array): void;
  fail(shard: number, reason: string): void;
}

export const FINGERPRINT = 'a'.repeat(64);

export function gatedPool(slots = 1, fingerprint = FINGERPRINT): GatedPool {
  let jobs: Job[] = [];
  const seats = new Set<object>();
  const scenes: Scene[] = [];

  function take(shard: number): Job {
    const at = jobs.findIndex((job) => job.assignment.shard === shard);
    if (at < 0 || at >= slots) throw new Error(`shard ${shard} has not begun`);
    return jobs.splice(at, 1)[0] as Job;
  }

  return {
    instance: 'gated',
    slots,
    kinds: BUILT_IN,
    started: Promise.resolve(),
    broken: new Promise(() => {}),
    device: false,
    slotsFor: () => slots,
    async offer(kernel) {
      if (kernel !== 'simd') throw new FractalError('KERNEL_MISSING', `there is no ${kernel} here`);
      return { kernel, detail: 'by hand', speed: 1e9, fingerprint };
    },
    warm: () => undefined,
    seat() {
      const seat = {};
      const known = new Set<number>();
      seats.add(seat);
      return {
        asset: () => undefined,
        scene(id, scene) {
          known.add(id);
          scenes.push(scene);
        },
        queue(assignment, finish) {
          if (!known.has(assignment.scene)) throw new FractalError('PROTOCOL', 'a scene that was never sent');
          jobs.push({ seat, assignment, finish });
        },
        cancel(epoch) {
          jobs = jobs.filter((job) => job.seat !== seat || job.assignment.epoch !== epoch);
        },
        get underWay() {
          return jobs.filter((job) => job.seat === seat).map(({ assignment }) => assignment.epoch);
        },
        leave() {
          seats.delete(seat);
          jobs = jobs.filter((job) => job.seat !== seat);
        },
      };
    },
    close: async () => {},
    get shards() {
      return jobs.map(({ assignment }) => assignment.shard);
    },
    get seats() {
      return seats.size;
    },
    scenes,
    finish(shard, bytes = new Uint8Array(3)) {
      const { assignment, finish } = take(shard);
      const { width, height } = fractalOf(assignment).rect;
      const own = Uint8Array.from(bytes);
      finish({ kind: 'done', bytes: own, seconds: 0.25, iterations: 100, uncertain: 2, samples: width * height });
    },
    fail: (shard, reason) => take(shard).finish({ kind: 'failed', reason }),
  };
}
