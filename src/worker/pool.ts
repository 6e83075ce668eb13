/**
 * The thread pool of a worker; queues.ts divides the threads among the jobs of all sessions. A shard is never interrupted
 * in favour of others: where shards run longer than LONG_MS and another session has less than its share of the slots, or
 * a job of the same session has a higher priority, shards of that session or job run on spare threads at the same time,
 * and the operating system shares the cores. Shards of interactive jobs do so at once, and those of lower priority wait between
 * their parts meanwhile, half of their time at most once they have run for long.
 */

import { randomUUID } from 'node:crypto';
import { asResourceError, FractalError, messageOf } from '../errors.js';
import { type Kinds, kindWith } from '../work/kind.js';
import { BUILT_IN, ON_REQUEST } from '../work/kinds.js';
import { requireRoom } from './address-space.js';
import { Assets } from './assets.js';
import { handles } from './handles.js';
import { HeldBytes } from './held-bytes.js';
import { Memory } from './memory.js';
import { Offers } from './offers.js';
import type { Pool, PoolOptions } from './pool-handles.js';
import { type JobKernel, type JobQueue, type Outcome, Queues, type Task } from './queues.js';
import { Scenes } from './scenes.js';
import { LONG_MS, mayUseSpare } from './spare.js';
import { type Thread, Threads } from './threads.js';

export type { JobHandle, Pool, PoolOptions, SessionHandle } from './pool-handles.js';

/** The script of a thread. */
const THREAD = new URL('./thread.cjs', import.meta.url);

/** @throws FractalError RESOURCES when there is not enough memory for the threads */
export function openPool(slots: number, options: PoolOptions = {}): Pool {
  const { offered = 'auto', sceneBytes = Infinity, commonAssets = false, spare = 0, unusedBytes = 0 } = options;
  const { kinds = BUILT_IN, script = THREAD, background = false } = options;
  requireRoom(slots);
  const queues = new Queues();
  const held = new HeldBytes(slots, queues.sessions);
  const [started, resolveStarted] = deferred<void>();
  const [broken, resolveBroken] = deferred<FractalError>();
  const most = slots + spare;
  const shared = Object.fromEntries(Object.entries(kinds).map(([name, kind]) => [name, kind.share(most)]));
  const threads = new Threads(slots, most, script, background, shared, {
    started: resolveStarted,
    opened: (thread, message) => offers.opened(thread, message),
    freed,
    died,
    broken: giveUp,
  });
  const offers = new Offers(threads, offered);
  const memory = new Memory(sceneBytes, unusedBytes);
  const assets = new Assets(memory, commonAssets);
  const scenes = new Scenes(memory, slots, most, (key, collect) => threads.forget(key, collect));
  const use = (kernel: string) => useOf(kinds, kernel);
  const handleOf = handles({ queues, scenes, assets, threads, useOf: use, failed: () => failure, dispatch });
  let failure: FractalError | undefined;
  let closing: Promise<void> | undefined;
  let waiting: NodeJS.Timeout | undefined;

  /** A thread died: its shard fails. */
  function died(thread: Thread, error: unknown): void {
    scenes.rebuild();
    const reason = `a computing thread died: ${messageOf(asResourceError(error) ?? error)}`;
    offers.fail(new FractalError('KERNEL_MISSING', reason), thread);
    freed(thread, { kind: 'failed', reason });
  }

  /** Nothing can be computed any more. */
  function giveUp(what: string, cause: unknown): void {
    const known = asResourceError(cause);
    failure = known
      ? new FractalError('RESOURCES', `${what}: ${known.message}`, { cause })
      : new FractalError('KERNEL_MISSING', `${what}: ${messageOf(cause)}`, { cause });
    threads.giveUp();
    offers.fail(failure);
    const reason = failure.message;
    for (const { finish } of queues.clear()) finish({ kind: 'failed', reason });
    resolveBroken(failure);
  }

  /** A thread is free again. The outcome of a cancelled shard, if it still arrives, is ignored. */
  function freed(thread: Thread, outcome?: Outcome): void {
    const { task } = thread;
    thread.task = undefined;
    if (task) held.ended(task);
    const wanted = task && queues.ended(task, performance.now());
    const answer = wanted && outcome?.kind === 'done' ? outcome.bytes.length : 0;
    if (task) held.unread(task.job.session, answer);
    // The next shard starts before this one's bytes are handled.
    dispatch();
    threads.retireSpare(thread);
    if (!task || !wanted || !outcome) return;
    const read = () => {
      held.unread(task.job.session, -answer);
      dispatch();
    };
    Promise.resolve(task.finish(outcome)).then(read, read);
  }

  function dispatch(): void {
    // Sessions end after the pool is closed: a thread that starts then would keep the process.
    if (closing) return;
    const claim = (task: Task) => (held.fits(task) && isReady(task) ? threadFor(task.job) : undefined);
    for (;;) {
      const pair = queues.next(claim, performance.now());
      if (!pair) break;
      const [thread, task] = pair;
      held.began(task);
      threads.run(thread, task);
    }
    threads.holdBack();
    if (spare === 0 || !queues.contended || waiting) return;
    waiting = setTimeout(() => {
      waiting = undefined;
      dispatch();
    }, LONG_MS).unref();
  }

  /** Whether its scene is loaded. Where there is no memory for that, all shards of the scene fail. */
  function isReady({ job, scene }: Task): boolean {
    try {
      return scene.ready(dispatch);
    } catch (error) {
      const failed = job.waiting.filter((task) => task.scene === scene);
      const rest = job.waiting.filter((task) => task.scene !== scene);
      job.waiting.splice(0, job.waiting.length, ...rest);
      const reason = messageOf(asResourceError(error) ?? error);
      // In the next turn of the event loop: an answer may queue more.
      setImmediate(() => {
        for (const { finish } of failed) finish({ kind: 'failed', reason });
      });
      return false;
    }
  }

  /** A thread for the next shard of a job, if it may have one. */
  function threadFor(job: JobQueue): Thread | undefined {
    const free = threads.free();
    if (job.use.device) return free.find(({ slot }) => slot === 0);
    const busy = threads.tasks;
    if (busy.length < slots) return free[0];
    if (spare === 0) return undefined;
    const crowd = { slots, spare, active: queues.active, sessions: queues.sessions.length, now: performance.now() };
    if (!mayUseSpare(job, busy, crowd)) return undefined;
    return free[0] ?? threads.startSpare();
  }

  return {
    instance: randomUUID(),
    slots,
    kinds,
    started,
    broken,
    get device() {
      return threads.device;
    },
    slotsFor: (kernel) => (use(kernel).use.device ? 1 : slots),
    async offer(kernel) {
      const job = use(kernel);
      if (failure) throw failure;
      return offers.of(job);
    },
    warm: (kind, what) => threads.warm(kind, what),
    holdBackFor: (ms) => threads.holdBackFor(ms),
    session: (evict = () => undefined) => handleOf(queues.openSession(evict)),
    async close() {
      clearTimeout(waiting);
      closing ??= threads.close();
      return closing;
    },
  };
}

/** @throws FractalError KERNEL_MISSING */
function useOf(kinds: Kinds, kernel: string): JobKernel {
  const kindName = kindWith(kinds, kernel);
  const kind = kindName === undefined ? undefined : kinds[kindName];
  const use = kind?.kernels[kernel];
  if (kindName !== undefined && kind && use) return { kernel, kind, kindName, use };
  throw new FractalError(
    'KERNEL_MISSING',
    `this worker has no kernel ${kernel}: ${ON_REQUEST[kernel] ?? 'run the same version on both'}`,
  );
}

/** A promise, and the function that resolves it. */
function deferred<T>(): [Promise<T>, (value: T) => void] {
  let resolve: (value: T) => void = () => {};
  const promise = new Promise<T>((resolvePromise) => {
    resolve = resolvePromise;
  });
  return [promise, resolve];
}
