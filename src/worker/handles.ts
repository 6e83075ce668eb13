/** What sessions and their jobs do with the pool: scenes and shards come, are dropped and cancelled. */

import { FractalError } from '../errors.js';
import type { Assets } from './assets.js';
import type { JobHandle, SessionHandle } from './pool-handles.js';
import { type JobKernel, type JobQueue, type Queues, type SessionQueues, taskOf } from './queues.js';
import type { Scenes } from './scenes.js';
import type { Threads } from './threads.js';

interface Parts {
  readonly queues: Queues;
  readonly scenes: Scenes;
  readonly assets: Assets;
  readonly threads: Threads;
  /** @throws FractalError KERNEL_MISSING */
  useOf(kernel: string): JobKernel;
  /** Why nothing can be computed any more, if so. */
  failed(): FractalError | undefined;
  /** Shards that wait get the threads that are free. */
  dispatch(): void;
}

/** The handle of a session. */
export function handles({ queues, scenes, assets, threads, useOf, failed, dispatch }: Parts) {
  return sessionHandle;

  function drop(job: JobQueue): void {
    if (!job.session.jobs.includes(job)) return;
    job.waiting.length = 0;
    for (const task of job.running) threads.stop(task);
    job.running.clear();
    queues.closeJob(job, performance.now());
    for (const scene of job.scenes.values()) scenes.release(scene, job.session);
    for (const digest of job.assets.keys()) assets.release(digest, job.session);
    job.scenes.clear();
    job.assets.clear();
  }

  function handleOf(job: JobQueue): JobHandle {
    return {
      reuse(digests) {
        for (const digest of digests) {
          const found = job.assets.has(digest) ? undefined : assets.find(digest, job.session);
          if (found) job.assets.set(digest, found);
        }
        return [...job.assets.keys()];
      },
      asset({ digest, bytes }) {
        if (!job.assets.has(digest)) job.assets.set(digest, assets.keep({ digest, bytes }, job.session));
      },
      scene(id, scene) {
        const old = job.scenes.get(id);
        const named = new Map(scene.assets.map((digest) => [digest, sent(job, digest)]));
        job.scenes.set(id, scenes.add(scene, job.kind, named, job.session));
        if (old) scenes.release(old, job.session);
      },
      dropScene(id) {
        const scene = job.scenes.get(id);
        if (!scene) return;
        if ([...job.running, ...job.waiting].some(({ assignment }) => assignment.scene === id)) {
          throw new FractalError('PROTOCOL', `scene ${id} is dropped while its shards are under way`);
        }
        job.scenes.delete(id);
        scenes.release(scene, job.session);
      },
      queue(assignment, finish) {
        const scene = job.scenes.get(assignment.scene);
        if (!scene) {
          throw new FractalError('PROTOCOL', `shard ${assignment.shard} names scene ${assignment.scene}, never sent`);
        }
        const failure = failed();
        if (failure) return void finish({ kind: 'failed', reason: failure.message });
        job.waiting.push(taskOf(job, assignment, scene, finish));
        dispatch();
      },
      cancel(epoch) {
        const at = job.waiting.findIndex(({ assignment }) => assignment.epoch === epoch);
        if (at >= 0) job.waiting.splice(at, 1);
        for (const task of job.running) {
          if (task.assignment.epoch !== epoch) continue;
          job.running.delete(task);
          threads.stop(task);
        }
      },
      setRank: (rank) => queues.setRank(job, rank, performance.now()),
      get underWay() {
        return [...job.running, ...job.waiting].map(({ assignment }) => assignment.epoch);
      },
      get running() {
        return job.running.size;
      },
      close() {
        drop(job);
        // Its cancelled shards may still occupy threads.
        dispatch();
      },
    };
  }

  function sessionHandle(session: SessionQueues): SessionHandle {
    return {
      open: (kernel, rank) => handleOf(queues.openJob(session, useOf(kernel), rank)),
      close() {
        for (const job of [...session.jobs]) drop(job);
        assets.leave(session);
        queues.closeSession(session);
        dispatch();
      },
    };
  }
}

/** @throws FractalError PROTOCOL */
function sent({ assets }: JobQueue, digest: string): Uint8Array {
  const asset = assets.get(digest);
  if (!asset) throw new FractalError('PROTOCOL', `a scene names asset ${digest}, never sent`);
  return asset;
}
