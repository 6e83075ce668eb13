/**
 * The queue in Redis, which several services share. A change of a job is one script, which compares the record with the one
 * that was read. A service has a lease, which it renews; jobs of one whose lease has ended are abandoned. That one which was
 * only slow does no harm: its attempt has another number by then (life.ts).
 */

import { FractalError } from '../../errors.js';
import { type EventBody, type Job, type JobEvent, type JobState, type Progress, STATES } from '../job.js';
import type { Accepted, AcceptOptions, Query, Queue, QueueOptions, WaitingWork } from '../queue.js';
import { newJob } from '../submit.js';
import { parseRedisAddress } from './address.js';
import { followChanges, lastChange } from './changes.js';
import { connectRedis } from './connection.js';
import { dangersOf } from './durability.js';

export interface RedisQueue extends Queue {
  /** What `agree` has stored. */
  agreed(name: string): Promise<string | undefined>;
  /** Stores a value if there is none of that name yet. @returns the one that is stored */
  agree(name: string, value: string): Promise<string>;
  /** What in the settings of Redis may lose jobs, as sentences. */
  dangers(): Promise<readonly string[]>;
}

/** Progress that was not reported again meanwhile is forgotten. */
const PROGRESS_MS = 30_000;
/** Renewals in a lease. */
const RENEWALS = 4;

/** `url`: see address.ts. @throws FractalError REQUEST_INVALID, QUEUE_AWAY */
export async function openRedisQueue(url: string, { service, now }: QueueOptions): Promise<RedisQueue> {
  const address = parseRedisAddress(url);
  const connection = await connectRedis(address, service);
  const { script } = connection;
  const jobsKey = `${address.prefix}jobs`;
  const changesKey = `${address.prefix}changes`;
  const agreedKey = `${address.prefix}agreed`;
  const watchers = new Set<(id: string, job: Job | undefined) => void>();
  const tell = (id: string, job: Job | undefined) => {
    for (const act of watchers) act(id, job);
  };
  const eventText = (event: EventBody) => `${now()} ${JSON.stringify(event)}`;
  const inTurn = turns();
  const closing = new AbortController();

  await script('alive');
  const renewal = setInterval(() => void script('alive').catch(() => undefined), address.leaseMs / RENEWALS);
  const reading = await connectRedis(address, service);
  const following = followChanges(
    {
      ...{ connection: reading, key: changesKey, service },
      async changed(ids) {
        const records = (await connection.command('HMGET', jobsKey, ...ids)) as readonly (string | null)[];
        for (const [k, id] of ids.entries()) tell(id, records[k] ? jobOf(records[k]) : undefined);
      },
    },
    await lastChange(connection, changesKey),
    closing.signal,
  );

  async function replace(id: string, act: Parameters<Queue['change']>[1], version?: number): Promise<Job | undefined> {
    for (;;) {
      const record = (await connection.command('HGET', jobsKey, id)) as string | null;
      if (record === null) return undefined;
      const before = jobOf(record);
      if (version !== undefined && before.version !== version) {
        const why = `job ${id} has changed since: it has version ${before.version}, not ${version}; read it again`;
        throw new FractalError('JOB_CHANGED', why);
      }
      const revision = act(before);
      if (!revision) return before;
      const { job, event } = revision;
      const isReplaced = await script('replace', id, record, JSON.stringify(job), event ? eventText(event) : '');
      if (isReplaced !== 1) continue;
      tell(id, job);
      return job;
    }
  }

  const agreed = async (name: string) =>
    ((await connection.command('HGET', agreedKey, name)) as string | null) ?? undefined;

  return {
    async accept(submission, options) {
      const job = newJob(submission, now());
      const event = eventText({ kind: 'state', state: job.state });
      const { mostWaiting, key } = options;
      const sent = key ? [keyOf(job, key), key.body] : ['', ''];
      const answer = await script('accept', job.id, JSON.stringify(job), job.owner, event, mostWaiting, ...sent);
      const accepted = acceptedOf(answer as readonly string[], job, options);
      if (accepted.isNew) tell(job.id, job);
      return accepted;
    },
    async get(id) {
      const record = (await connection.command('HGET', jobsKey, id)) as string | null;
      return record === null ? undefined : jobOf(record);
    },
    async list(query) {
      const { sort, limit, after, descending } = query;
      const cursor = after ? [after.value, after.id] : [0, ''];
      // One more than wanted, which shows whether there are more.
      const answer = await script('list', indexesOf(query), descending ? 'desc' : 'asc', limit + 1, ...cursor);
      const jobs = jobsOf(answer);
      const last = jobs.length > limit ? jobs[limit - 1] : undefined;
      const value = last && { submitted: 0, priority: last.priority, ended: last.endedAt ?? 0 }[sort];
      return { jobs: jobs.slice(0, limit), ...(last ? { next: { value: value ?? 0, id: last.id } } : {}) };
    },
    waiting: async () => jobsOf(await script('waiting')),
    async counts() {
      const counts = (await script('counts')) as readonly number[];
      return Object.fromEntries(STATES.map((state, k) => [state, counts[k]])) as Record<JobState, number>;
    },
    work: async () => ((await script('work')) as readonly string[][]).map(workOf),
    shared: {
      async report({ id, attempt }, progress) {
        await script('report', id, JSON.stringify({ attempt, progress }), PROGRESS_MS);
      },
      async reported(jobs) {
        if (jobs.length === 0) return new Map();
        const keys = jobs.map(({ id }) => `${address.prefix}progress:${id}`);
        const texts = (await connection.command('MGET', ...keys)) as readonly (string | null)[];
        return new Map(jobs.flatMap((job, k) => progressOf(job, texts[k])));
      },
    },
    change: (id, act, version) => inTurn(id, () => replace(id, act, version)),
    async note(id, event) {
      if ((await script('note', id, eventText(event))) !== 1) return;
      const record = (await connection.command('HGET', jobsKey, id)) as string | null;
      if (record !== null) tell(id, jobOf(record));
    },
    async events(id, after, limit) {
      const [first, texts] = (await script('events', id, after, limit)) as readonly [number, readonly string[]];
      return texts.map((text, k) => eventOf(text, first + k));
    },
    async remove(ids) {
      if (ids.length > 0) await script('remove', ...ids);
      for (const id of ids) tell(id, undefined);
    },
    abandoned: async () => jobsOf(await script('abandoned')),
    watch(act) {
      watchers.add(act);
      return () => watchers.delete(act);
    },
    agreed,
    async agree(name, value) {
      await connection.command('HSETNX', agreedKey, name, value);
      return (await agreed(name)) ?? '';
    },
    dangers: () => dangersOf(connection, address.shown),
    async close() {
      if (closing.signal.aborted) return;
      closing.abort();
      watchers.clear();
      clearInterval(renewal);
      reading.close();
      await following;
      // Else the lease ends by itself.
      await script('leave').catch(() => undefined);
      connection.close();
    },
  };
}

/** @throws FractalError KEY_REUSED, QUOTA */
function acceptedOf([status, text = '']: readonly string[], job: Job, { key }: AcceptOptions): Accepted {
  switch (status) {
    case 'new':
      return { job, isNew: true };
    case 'known':
      return { job: jobOf(text), isNew: false };
    case 'reused': {
      const why = `the Idempotency-Key "${key?.text}" belongs to another body, which made job ${text}: use a new key`;
      throw new FractalError('KEY_REUSED', why);
    }
    default: {
      const owner = job.owner || 'the owner';
      throw new FractalError('QUOTA', `${owner} has ${text} jobs waiting, which is all that may: wait, or cancel some`);
    }
  }
}

/** The acts on one job of this service, one after another; what other services do meanwhile the script finds. */
function turns(): <T>(id: string, act: () => Promise<T>) => Promise<T> {
  const last = new Map<string, Promise<unknown>>();
  return (id, act) => {
    const next = (last.get(id) ?? Promise.resolve()).then(act, act);
    last.set(id, next);
    const forget = () => {
      if (last.get(id) === next) last.delete(id);
    };
    next.then(forget, forget);
    return next;
  };
}

/** Names of the indexes that have the wanted jobs between them. */
function indexesOf({ states = STATES, owner, sort }: Query): string {
  return states.map((state) => (owner === undefined ? `${sort}:${state}` : `${sort}:${state}:${owner}`)).join('\n');
}

function keyOf({ owner }: Job, { text }: NonNullable<AcceptOptions['key']>): string {
  return JSON.stringify([owner, text]);
}

function jobOf(record: string): Job {
  return JSON.parse(record);
}

function jobsOf(records: unknown): Job[] {
  return (records as readonly string[]).map(jobOf);
}

function workOf([state, owner = '', jobs, estimated, work]: readonly string[]): WaitingWork {
  return {
    ...{ state: state as WaitingWork['state'], owner, jobs: Number(jobs) },
    ...{ estimated: Number(estimated), coreSeconds: Number(work) / 1000 },
  };
}

function progressOf({ id, attempt }: Job, text: string | null | undefined): [string, Progress][] {
  const reported = text ? (JSON.parse(text) as { attempt: number; progress: Progress }) : undefined;
  return reported?.attempt === attempt ? [[id, reported.progress]] : [];
}

function eventOf(text: string, seq: number): JobEvent {
  const space = text.indexOf(' ');
  return { ...JSON.parse(text.slice(space + 1)), seq, time: Number(text.slice(0, space)) };
}
