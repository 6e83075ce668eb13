/** A queue whose process dies at a given commit: just before it, or after it is on the disk and before anyone knows. */

import type { Job } from '../../src/service/job.js';
import type { Queue } from '../../src/service/queue.js';

export interface Death {
  /** Commits that are completed and answered before it. */
  readonly commits: number;
  readonly when: 'before' | 'after';
}

/** What the disk must have: the jobs as the last commits left them, and the number of events of each. */
export interface Model {
  readonly jobs: Map<string, Job>;
  readonly removed: Set<string>;
}

export interface MortalQueue extends Queue {
  /** Resolves when the process is dead: from then on no promise of the queue settles. */
  readonly died: Promise<void>;
  kill(): void;
}

const never = () => new Promise<never>(() => {});

export function mortal(queue: Queue, { commits, when }: Death, model: Model): MortalQueue {
  let left = commits;
  let dead = false;
  let die = () => {};
  const died = new Promise<void>((resolve) => {
    die = () => {
      dead = true;
      resolve();
    };
  });
  /** One commit at a time, so that the model knows what was written before the death. */
  let last: Promise<unknown> = Promise.resolve();
  const commit = <T>(act: () => Promise<T>, written: (result: T) => void): Promise<T> => {
    const done = last.then(async () => {
      if (dead) return never();
      const isLast = left-- === 0;
      if (isLast && when === 'before') {
        die();
        return never();
      }
      const result = await act();
      written(result);
      if (!isLast) return result;
      die();
      return never();
    });
    last = done.catch(() => undefined);
    return done;
  };
  const read = async <T>(act: () => Promise<T>): Promise<T> => {
    const result = dead ? await never() : await act();
    return dead ? never() : result;
  };
  const put = (job: Job | undefined) => job && void model.jobs.set(job.id, job);
  return {
    died,
    kill: die,
    accept: (submission, options) =>
      commit(
        () => queue.accept(submission, options),
        ({ job }) => put(job),
      ),
    change: (id, act, version) => commit(() => queue.change(id, act, version), put),
    note: (id, event) =>
      commit(
        () => queue.note(id, event),
        () => {},
      ),
    remove: (ids) =>
      commit(
        () => queue.remove(ids),
        () => {
          for (const id of ids) {
            model.jobs.delete(id);
            model.removed.add(id);
          }
        },
      ),
    get: (id) => read(() => queue.get(id)),
    list: (query) => read(() => queue.list(query)),
    waiting: () => read(() => queue.waiting()),
    counts: () => read(() => queue.counts()),
    work: () => read(() => queue.work()),
    events: (id, after, limit) => read(() => queue.events(id, after, limit)),
    abandoned: () => read(() => queue.abandoned()),
    watch: (act) => queue.watch((id, job) => void (dead || act(id, job))),
    close: () => queue.close(),
  };
}
