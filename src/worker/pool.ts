/**
 * The thread pool of a worker; queues.ts divides the threads among the jobs of all sessions. A shard is never interrupted
 * in favour of others: where shards run longer than LONG_MS and another session has less than its share of the slots, or
 * a job of the same session has a higher priority, shards of that session or job run on spare threads at the same time,
 * and the operating system shares the cores.
 */

import { randomUUID } from 'node:crypto';
import type { Asset, Assignment, Rank, Scene } from '../cluster/messages.js';
import { asResourceError, FractalError, messageOf } from '../errors.js';
import { type Kinds, kindWith } from '../work/kind.js';
import { BUILT_IN } from '../work/kinds.js';
import { requireRoom } from './address-space.js';
import { HeldBytes } from './held-bytes.js';
import { Offers } from './offers.js';
import {
  type Finish,
  type JobKernel,
  type JobQueue,
  type Outcome,
  Queues,
  type SessionQueues,
  type Task,
  taskOf,
} from './queues.js';
import { Scenes } from './scenes.js';
import type { Offer } from './thread-messages.js';
import { type Thread, Threads } from './threads.js';

export interface Pool {
  /** Unique for each start of a worker. */
  readonly instance: string;
  readonly slots: number;
  /** The kinds of work that it computes, by name. */
  readonly kinds: Kinds;
  /** Resolves when all threads have started. */
  readonly started: Promise<void>;
  /** Resolves with the reason when nothing can be computed any more: from then on every shard and every offer fails. */
  readonly broken: Promise<FractalError>;
  /** A thread may have a device open: the process must close the pool before it exits. */
  readonly device: boolean;
  /** How many of them a kernel can use: a graphics card is driven from one thread. */
  slotsFor(kernel: string): number;
  /** Opens a kernel and measures it, once. @throws FractalError KERNEL_MISSING */
  offer(kernel: string): Promise<Offer>;
  /** Work of this kind, described by `what`, may follow soon: what it needs is compiled before a shard waits for it. */
  warm(kind: string, what: unknown): void;
  /** `evict`: ends the session, to free its memory for others. */
  session(evict?: (why: string) => void): SessionHandle;
  close(): Promise<void>;
}

/** A session's part of the pool. */
export interface SessionHandle {
  /** `rank`: among the jobs of this session. @throws FractalError KERNEL_MISSING */
  open(kernel: string, rank: Rank): JobHandle;
  /** Closes all its jobs. */
  close(): void;
}

/** A job's part of the pool. */
export interface JobHandle {
  /** Scenes may name this asset from now on. @throws FractalError PROTOCOL, NoRoom */
  asset(asset: Asset): void;
  /** Shards of this scene may be queued from now on. @throws FractalError PROTOCOL, NoRoom */
  scene(id: number, scene: Scene): void;
  /** @throws FractalError PROTOCOL for a scene of which shards are under way */
  dropScene(id: number): void;
  /** `finish` is called once, unless the shard is cancelled. @throws FractalError PROTOCOL for an unknown scene */
  queue(assignment: Assignment, finish: Finish): void;
  /** Removes an assignment, by its epoch: one that has begun is stopped. */
  cancel(epoch: number): void;
  setRank(rank: Rank): void;
  /** Epochs of shards being computed, then of waiting ones. */
  readonly underWay: readonly number[];
  /** Number of shards being computed. */
  readonly running: number;
  /** Drops queued and running shards and the scenes. */
  close(): void;
}

export interface PoolOptions {
  /** The kernel that leaders may ask for; `auto`: all of the kinds. */
  readonly offered?: string;
  /** Bytes of scenes, over all sessions. Absent: no bound. */
  readonly sceneBytes?: number;
  /** Threads beside the slots, for shards that would wait for long ones. Absent: none. */
  readonly spare?: number;
  /** The kinds of work, by name; and the script of a thread, with the same ones. Absent: the built-in ones. */
  readonly kinds?: Kinds;
  readonly script?: URL;
}

/** The script of a thread. */
const THREAD = new URL('./thread.cjs', import.meta.url);

/** While a shard runs longer, others may run on spare threads. */
const LONG_MS = 1_000;

/** @throws FractalError RESOURCES when there is not enough memory for the threads */
export function openPool(
  slots: number,
  { offered = 'auto', sceneBytes = Infinity, spare = 0, kinds = BUILT_IN, script = THREAD }: PoolOptions = {},
): Pool {
  requireRoom(slots);
  const queues = new Queues();
  const held = new HeldBytes(slots, queues.sessions);
  const [started, resolveStarted] = deferred<void>();
  const [broken, resolveBroken] = deferred<FractalError>();
  const most = slots + spare;
  const shared = Object.fromEntries(Object.entries(kinds).map(([name, kind]) => [name, kind.share(most)]));
  const threads = new Threads(slots, most, script, shared, {
    started: resolveStarted,
    opened: (thread, message) => offers.opened(thread, message),
    freed,
    died,
    broken: giveUp,
  });
  const offers = new Offers(threads, offered);
  const scenes = new Scenes(slots, most, sceneBytes, (key, collect) => threads.forget(key, collect));
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
    if (spare === 0 || !mayUseSpare(job, busy)) return undefined;
    return free[0] ?? threads.startSpare();
  }

  /**
   * While other sessions run long shards: up to the session's share of the slots. While jobs of lower priority do, or other
   * owners of the same priority: one.
   */
  function mayUseSpare(job: JobQueue, busy: readonly Task[]): boolean {
    const { session } = job;
    const share = Math.max(1, Math.floor(slots / queues.active));
    const now = performance.now();
    const isLong = ({ since }: Task) => now - since >= LONG_MS;
    const blocking = busy.filter((task) => task.job.session === session || !isLong(task)).length;
    if (session.running < share && blocking < slots) return true;
    const own = busy.filter((task) => task.job.session === session);
    const outranks = job.share.running === 0 && own.every((task) => mayPass(job, task.job)) && own.some(isLong);
    // One spare thread for each session is reserved for the rule above.
    return outranks && own.length <= share && busy.length - slots + queues.sessions.length < spare;
  }

  function drop(job: JobQueue): void {
    if (!job.session.jobs.includes(job)) return;
    job.waiting.length = 0;
    for (const task of job.running) threads.stop(task);
    job.running.clear();
    queues.closeJob(job, performance.now());
    for (const scene of job.scenes.values()) scenes.release(scene, job.session);
    for (const digest of job.assets.keys()) scenes.drop(digest, job.session);
    job.scenes.clear();
    job.assets.clear();
  }

  function handleOf(job: JobQueue): JobHandle {
    return {
      asset({ digest, bytes }) {
        if (!job.assets.has(digest)) job.assets.set(digest, scenes.keep({ digest, bytes }, job.session));
      },
      scene(id, scene) {
        const old = job.scenes.get(id);
        const assets = new Map(scene.assets.map((digest) => [digest, sent(job, digest)]));
        job.scenes.set(id, scenes.add(scene, job.kind, assets, job.session));
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
      open: (kernel, rank) => handleOf(queues.openJob(session, useOf(kinds, kernel), rank)),
      close() {
        for (const job of [...session.jobs]) drop(job);
        queues.closeSession(session);
        dispatch();
      },
    };
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
    slotsFor: (kernel) => (useOf(kinds, kernel).use.device ? 1 : slots),
    async offer(kernel) {
      const job = useOf(kinds, kernel);
      if (failure) throw failure;
      return offers.of(job);
    },
    warm: (kind, what) => threads.warm(kind, what),
    session: (evict = () => undefined) => sessionHandle(queues.openSession(evict)),
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
  throw new FractalError('KERNEL_MISSING', `this worker has no kernel ${kernel}: run the same version on both`);
}

/** Whether a job may compute beside another one of its session. */
function mayPass(job: JobQueue, other: JobQueue): boolean {
  return (
    other.rank.priority < job.rank.priority || (other.rank.priority === job.rank.priority && other.share !== job.share)
  );
}

/** @throws FractalError PROTOCOL */
function sent({ assets }: JobQueue, digest: string): Uint8Array {
  const asset = assets.get(digest);
  if (!asset) throw new FractalError('PROTOCOL', `a scene names asset ${digest}, never sent`);
  return asset;
}

/** A promise, and the function that resolves it. */
function deferred<T>(): [Promise<T>, (value: T) => void] {
  let resolve: (value: T) => void = () => {};
  const promise = new Promise<T>((resolvePromise) => {
    resolve = resolvePromise;
  });
  return [promise, resolve];
}
