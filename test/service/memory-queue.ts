/** A queue in memory: the contract in its shortest form, and what tests of the runner use. */

import { FractalError } from '../../src/errors.js';
import { type EventBody, type Job, type JobEvent, type JobState, STATES, workLeft } from '../../src/service/job.js';
import {
  type Cursor,
  MOST_EVENTS,
  type Query,
  type Queue,
  type QueueOptions,
  type WaitingWork,
} from '../../src/service/queue.js';
import { newJob } from '../../src/service/submit.js';

/** What survives a service. */
export interface Memory {
  readonly jobs: Map<string, Job>;
  readonly events: Map<string, JobEvent[]>;
  readonly keys: Map<string, { readonly body: string; readonly id: string }>;
}

export interface MemoryQueue extends Queue {
  /** As kill -9 of its service: what is not done stays undone, and promises that are under way never settle. */
  kill(): void;
}

export function emptyMemory(): Memory {
  return { jobs: new Map(), events: new Map(), keys: new Map() };
}

export function memoryQueue(memory: Memory, { service, now }: QueueOptions): MemoryQueue {
  const { jobs, events, keys } = memory;
  const watchers = new Set<(id: string, job: Job | undefined) => void>();
  let killed = false;
  /** Each step is one commit, some time later. */
  const commit = async <T>(act: () => T): Promise<T> => {
    await new Promise(setImmediate);
    return killed ? new Promise<never>(() => {}) : act();
  };
  const tell = (id: string) => {
    for (const act of watchers) act(id, jobs.get(id));
  };
  const add = (id: string, body: EventBody) => {
    const own = events.get(id) ?? [];
    events.set(id, [...own, { ...body, seq: (own.at(-1)?.seq ?? 0) + 1, time: now() }].slice(-MOST_EVENTS));
  };
  return {
    accept: (submission, { mostWaiting, key }) =>
      commit(() => {
        const { owner } = submission;
        const name = key && JSON.stringify([owner, key.text]);
        const known = name === undefined ? undefined : keys.get(name);
        if (known && known.body !== key?.body) throw new FractalError('KEY_REUSED', 'another body');
        const earlier = known && jobs.get(known.id);
        if (earlier) return { job: earlier, isNew: false };
        const waiting = [...jobs.values()].filter((one) => one.owner === owner && one.state === 'queued');
        if (waiting.length >= mostWaiting) throw new FractalError('QUOTA', 'too many');
        const job = newJob(submission, now());
        jobs.set(job.id, job);
        if (name !== undefined && key) keys.set(name, { body: key.body, id: job.id });
        add(job.id, { kind: 'state', state: job.state });
        tell(job.id);
        return { job, isNew: true };
      }),
    get: (id) => commit(() => jobs.get(id)),
    list: (query) =>
      commit(() => {
        const found = [...jobs.values()].filter((job) => matches(job, query)).sort(orderOf(query));
        const page = found.slice(0, query.limit);
        const last = found.length > query.limit ? page.at(-1) : undefined;
        return { jobs: page, ...(last ? { next: cursorOf(last, query) } : {}) };
      }),
    waiting: () =>
      commit(() => {
        const heads = new Map<string, Job>();
        const queued = [...jobs.values()].filter(({ state }) => state === 'queued');
        queued.sort((a, b) => b.priority - a.priority || (a.id < b.id ? -1 : 1));
        for (const job of queued) if (!heads.has(job.owner)) heads.set(job.owner, job);
        return [...heads.values()];
      }),
    counts: () =>
      commit(() => {
        const of = (state: JobState) => [...jobs.values()].filter((job) => job.state === state).length;
        return Object.fromEntries(STATES.map((state) => [state, of(state)])) as Record<JobState, number>;
      }),
    work: () =>
      commit(() => {
        const found = new Map<string, WaitingWork>();
        for (const job of jobs.values()) {
          const { state, owner } = job;
          if (state !== 'queued' && state !== 'paused') continue;
          const key = `${state}:${owner}`;
          const sum = found.get(key) ?? { state, owner, jobs: 0, estimated: 0, coreSeconds: 0 };
          const left = workLeft(job);
          const [estimated, coreSeconds] = [
            sum.estimated + (left === undefined ? 0 : 1),
            sum.coreSeconds + Math.round((left ?? 0) * 1000),
          ];
          found.set(key, { ...sum, jobs: sum.jobs + 1, estimated, coreSeconds });
        }
        // Summed in whole milliseconds, as the other queues do.
        return [...found.values()].map((one) => ({ ...one, coreSeconds: one.coreSeconds / 1000 }));
      }),
    change: (id, act, version) =>
      commit(() => {
        const before = jobs.get(id);
        if (before && version !== undefined && version !== before.version) throw new FractalError('JOB_CHANGED', id);
        const revision = before && act(before);
        if (!revision) return before;
        jobs.set(id, revision.job);
        if (revision.event) add(id, revision.event);
        tell(id);
        return revision.job;
      }),
    note: (id, event) =>
      commit(() => {
        if (!jobs.has(id)) return;
        add(id, event);
        tell(id);
      }),
    events: (id, after, limit) => commit(() => (events.get(id) ?? []).filter(({ seq }) => seq > after).slice(0, limit)),
    remove: (ids) =>
      commit(() => {
        for (const id of ids) {
          jobs.delete(id);
          events.delete(id);
          for (const [name, key] of keys) if (key.id === id) keys.delete(name);
          tell(id);
        }
      }),
    abandoned: () =>
      commit(() =>
        [...jobs.values()].filter(
          ({ state, runner }) => (state === 'running' || state === 'pausing') && runner !== service,
        ),
      ),
    watch(act) {
      watchers.add(act);
      return () => watchers.delete(act);
    },
    close: async () => watchers.clear(),
    kill() {
      killed = true;
      watchers.clear();
    },
  };
}

function matches(job: Job, { states, owner, after, ...query }: Query): boolean {
  if (states && !states.includes(job.state)) return false;
  if (owner !== undefined && job.owner !== owner) return false;
  return !after || compare(cursorOf(job, query), after) * (query.descending ? -1 : 1) > 0;
}

function orderOf(query: Query): (a: Job, b: Job) => number {
  return (a, b) => compare(cursorOf(a, query), cursorOf(b, query)) * (query.descending ? -1 : 1);
}

function cursorOf(job: Job, { sort }: Pick<Query, 'sort'>): Cursor {
  return { value: { submitted: 0, priority: job.priority, ended: job.endedAt ?? 0 }[sort], id: job.id };
}

function compare(a: Cursor, b: Cursor): number {
  return a.value - b.value || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}
