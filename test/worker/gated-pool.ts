/** A pool without threads: the test finishes the shards that begin. */

import type { Assignment, Rank, Scene } from '../../src/cluster/messages.js';
import { FractalError } from '../../src/errors.js';
import { BUILT_IN } from '../../src/work/kinds.js';
import type { Pool } from '../../src/worker/pool.js';
import type { Finish } from '../../src/worker/queues.js';
import { fractalOf } from './views.js';

interface Task {
  readonly job: object;
  readonly assignment: Assignment;
  readonly finish: Finish;
}

export interface GatedPool extends Pool {
  /** The shards that are being computed, then those that wait, of all sessions. */
  readonly shards: number[];
  /** Sessions, and jobs of all sessions, that are open. */
  readonly sessions: number;
  readonly jobs: number;
  /** By job, in the order in which they were opened. */
  readonly priorities: number[];
  readonly ranks: Rank[];
  readonly scenes: readonly Scene[];
  /** Finishes a shard that has begun, with these bytes. */
  finish(shard: number, bytes?: Uint8Array): void;
  fail(shard: number, reason: string): void;
}

export const FINGERPRINT = 'a'.repeat(64);

export function gatedPool(slots = 1, fingerprint = FINGERPRINT): GatedPool {
  let tasks: Task[] = [];
  const sessions = new Set<object>();
  const jobs = new Map<object, Rank>();
  const scenes: Scene[] = [];

  function take(shard: number): Task {
    const at = tasks.findIndex((task) => task.assignment.shard === shard);
    if (at < 0 || at >= slots) throw new Error(`shard ${shard} has not begun`);
    return tasks.splice(at, 1)[0] as Task;
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
    holdBackFor: () => undefined,
    session() {
      const session = {};
      const own = new Set<object>();
      sessions.add(session);
      const close = (job: object) => {
        jobs.delete(job);
        tasks = tasks.filter((task) => task.job !== job);
      };
      return {
        open(_, rank) {
          const job = {};
          const known = new Set<number>();
          own.add(job);
          jobs.set(job, rank);
          return {
            reuse: () => [],
            asset: () => undefined,
            scene(id, scene) {
              known.add(id);
              scenes.push(scene);
            },
            dropScene: (id) => void known.delete(id),
            queue(assignment, finish) {
              if (!known.has(assignment.scene)) throw new FractalError('PROTOCOL', 'a scene that was never sent');
              tasks.push({ job, assignment, finish });
            },
            cancel(epoch) {
              tasks = tasks.filter((task) => task.job !== job || task.assignment.epoch !== epoch);
            },
            setRank: (changed) => void jobs.set(job, changed),
            get underWay() {
              return tasks.filter((task) => task.job === job).map(({ assignment }) => assignment.epoch);
            },
            get running() {
              return tasks.slice(0, slots).filter((task) => task.job === job).length;
            },
            close: () => close(job),
          };
        },
        close() {
          sessions.delete(session);
          for (const job of own) close(job);
        },
      };
    },
    close: async () => {},
    get shards() {
      return tasks.map(({ assignment }) => assignment.shard);
    },
    get sessions() {
      return sessions.size;
    },
    get jobs() {
      return jobs.size;
    },
    get priorities() {
      return [...jobs.values()].map(({ priority }) => priority);
    },
    get ranks() {
      return [...jobs.values()];
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
