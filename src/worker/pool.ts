/**
 * What a worker computes with: threads, divided among the jobs of all sessions by queues.ts. A shard is never interrupted
 * to let others compute: where shards run longer than LONG_MS and another session has less than its share of the slots,
 * or a job of the same session ranks higher, that one's shards run on spare threads beside them, and the operating
 * system shares the cores.
 */

import { randomUUID } from 'node:crypto';
import type { Assignment, Scene } from '../cluster/messages.js';
import { FractalError, messageOf, usedUp } from '../errors.js';
import type { KernelName } from '../kernel/kernel.js';
import type { Formula } from '../view/view.js';
import { requireRoom } from './address-space.js';
import { HeldBytes } from './held-bytes.js';
import { Offers } from './offers.js';
import { type Finish, type JobQueue, type Outcome, Queues, type SessionQueues, type Task, taskOf } from './queues.js';
import { Scenes } from './scenes.js';
import type { Offer } from './thread-messages.js';
import { type Thread, Threads } from './threads.js';

export interface Pool {
  /** Tells this worker from all others, and from itself started again. */
  readonly instance: string;
  readonly slots: number;
  /** Resolves when all threads have started. */
  readonly started: Promise<void>;
  /** Resolves with the reason when nothing can be computed any more: from then on every shard and every offer fails. */
  readonly broken: Promise<FractalError>;
  /** How many of them a kernel can use: a graphics card is driven from one thread. */
  slotsFor(kernel: KernelName): number;
  /** Opens a kernel and measures it, once. @throws FractalError KERNEL_MISSING */
  offer(kernel: KernelName): Promise<Offer>;
  /** Perturbed views of this formula may come soon: what that takes is compiled while the threads are idle. */
  warm(formula: Formula): void;
  /** `evict`: ends the session, to make room for others. */
  session(evict?: (why: string) => void): SessionHandle;
  close(): Promise<void>;
}

/** A session's part of the pool. */
export interface SessionHandle {
  /** `priority`: among the jobs of this session. */
  open(kernel: KernelName, priority: number): JobHandle;
  /** Closes all its jobs. */
  close(): void;
}

/** A job's part of the pool. */
export interface JobHandle {
  /** Shards of this scene may be queued from now on. @throws FractalError PROTOCOL, NoRoom */
  scene(id: number, scene: Scene): void;
  /** @throws FractalError PROTOCOL for a scene of which shards are under way */
  dropScene(id: number): void;
  /** `finish` is called once, unless the shard is cancelled. @throws FractalError PROTOCOL for an unknown scene */
  queue(assignment: Assignment, finish: Finish): void;
  /** Forgets an assignment, by its epoch: one that has begun is left unfinished. */
  cancel(epoch: number): void;
  setPriority(priority: number): void;
  /** Epochs of what is being computed, then of what waits. */
  readonly underWay: readonly number[];
  /** Drops what is queued or under way, forgets the scenes. */
  close(): void;
}

export interface PoolOptions {
  /** The kernels that leaders may ask for. */
  readonly offered?: KernelName | 'auto';
  /** Bytes of scenes, over all sessions. Absent: no bound. */
  readonly sceneBytes?: number;
  /** Threads beside the slots, for shards that would wait for long ones. Absent: none. */
  readonly spare?: number;
  /** What a thread runs. */
  readonly script?: URL;
}

/** What a thread runs. */
const THREAD = new URL('./thread.cjs', import.meta.url);

/** A shard that runs longer does not keep others waiting, where there are spare threads. */
const LONG_MS = 1_000;

/** @throws FractalError RESOURCES when there is no room for the threads */
export function openPool(
  slots: number,
  { offered = 'auto', sceneBytes = Infinity, spare = 0, script = THREAD }: PoolOptions = {},
): Pool {
  requireRoom(slots);
  const queues = new Queues();
  const held = new HeldBytes(slots, queues.sessions);
  const [started, allUp] = settledLater<void>();
  const [broken, breakPool] = settledLater<FractalError>();
  const threads = new Threads(slots, slots + spare, script, {
    started: allUp,
    opened: (thread, message) => offers.opened(thread, message),
    settled,
    died,
    broken: giveUp,
  });
  const offers = new Offers(threads, offered);
  const scenes = new Scenes(slots, slots + spare, sceneBytes, (key, collect) => threads.forget(key, collect));
  let failure: FractalError | undefined;
  let closing: Promise<void> | undefined;
  let waiting: NodeJS.Timeout | undefined;

  /** A thread that dies takes its shard with it: that one fails. */
  function died(thread: Thread, error: unknown): void {
    scenes.rebuild();
    const reason = `a computing thread died: ${messageOf(usedUp(error) ?? error)}`;
    offers.fail(new FractalError('KERNEL_MISSING', reason), thread);
    settled(thread, { kind: 'failed', reason });
  }

  /** Nothing can be computed any more. */
  function giveUp(what: string, cause: unknown): void {
    const known = usedUp(cause);
    failure = known
      ? new FractalError('RESOURCES', `${what}: ${known.message}`, { cause })
      : new FractalError('KERNEL_MISSING', `${what}: ${messageOf(cause)}`, { cause });
    threads.giveUp();
    offers.fail(failure);
    const reason = failure.message;
    for (const { finish } of queues.clear()) finish({ kind: 'failed', reason });
    breakPool(failure);
  }

  /** A thread is free again. No outcome is awaited of a cancelled shard, though one may have crossed the message. */
  function settled(thread: Thread, outcome?: Outcome): void {
    const { task } = thread;
    thread.task = undefined;
    if (task) held.ended(task);
    const wanted = task?.job.running.delete(task);
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
    const claim = (task: Task) => (held.fits(task) ? threadFor(task.job) : undefined);
    for (let pair = queues.next(claim); pair; pair = queues.next(claim)) {
      const [thread, task] = pair;
      held.began(task);
      task.job.running.add(task);
      threads.run(thread, task);
    }
    if (spare === 0 || !queues.contended || waiting) return;
    waiting = setTimeout(() => {
      waiting = undefined;
      dispatch();
    }, LONG_MS).unref();
  }

  /** A thread for the next shard of a job, if it may have one. */
  function threadFor(job: JobQueue): Thread | undefined {
    const free = threads.free();
    if (job.kernel === 'gpu') return free.find(({ slot }) => slot === 0);
    const busy = threads.tasks;
    if (busy.length < slots) return free[0];
    if (spare === 0 || !mayUseSpare(job, busy)) return undefined;
    return free[0] ?? threads.startSpare();
  }

  /** Beside long shards of other sessions, up to the session's share of the slots; beside those of lower jobs, one. */
  function mayUseSpare({ session, running, priority }: JobQueue, busy: readonly Task[]): boolean {
    const share = Math.max(1, Math.floor(slots / queues.active));
    const now = performance.now();
    const isLong = ({ since }: Task) => now - since >= LONG_MS;
    const blocking = busy.filter((task) => task.job.session === session || !isLong(task)).length;
    if (session.running < share && blocking < slots) return true;
    const own = busy.filter((task) => task.job.session === session);
    const outranks = running.size === 0 && own.every((task) => task.job.priority < priority) && own.some(isLong);
    // One thread for each session stays for the rule above.
    return outranks && own.length <= share && busy.length - slots + queues.sessions.length < spare;
  }

  function drop(job: JobQueue): void {
    if (!job.session.jobs.includes(job)) return;
    job.waiting.length = 0;
    for (const task of job.running) threads.stop(task);
    job.running.clear();
    queues.closeJob(job);
    for (const scene of job.scenes.values()) scenes.release(scene, job.session);
    job.scenes.clear();
  }

  function handleOf(job: JobQueue): JobHandle {
    return {
      scene(id, scene) {
        const old = job.scenes.get(id);
        job.scenes.set(id, scenes.place(scene, job.session));
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
      setPriority(priority) {
        job.priority = priority;
      },
      get underWay() {
        return [...job.running, ...job.waiting].map(({ assignment }) => assignment.epoch);
      },
      close() {
        drop(job);
        // What is left of it are shards that a thread has not let go of yet.
        dispatch();
      },
    };
  }

  function sessionHandle(session: SessionQueues): SessionHandle {
    return {
      open: (kernel, priority) => handleOf(queues.openJob(session, kernel, priority)),
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
    started,
    broken,
    slotsFor: (kernel) => (kernel === 'gpu' ? 1 : slots),
    async offer(kernel) {
      if (failure) throw failure;
      return offers.of(kernel);
    },
    warm: (formula) => threads.warm(formula),
    session: (evict = () => undefined) => sessionHandle(queues.openSession(evict)),
    async close() {
      clearTimeout(waiting);
      closing ??= threads.close();
      return closing;
    },
  };
}

/** A promise, and what resolves it. */
function settledLater<T>(): [Promise<T>, (value: T) => void] {
  let resolve: (value: T) => void = () => {};
  const promise = new Promise<T>((settle) => {
    resolve = settle;
  });
  return [promise, resolve];
}
