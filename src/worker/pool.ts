/**
 * The worker's computing threads, and who may use them: every session has a queue of its own, and a free thread takes
 * the next shard of the next session in turn, so that several leaders share a worker fairly.
 */

import { randomUUID } from 'node:crypto';
import { Worker } from 'node:worker_threads';
import type { Assignment, Scene } from '../cluster/messages.js';
import { FractalError, messageOf, usedUp } from '../errors.js';
import type { KernelName } from '../kernel/kernel.js';
import { abandonTables, type SharedReference, shareReference } from '../kernel/perturbation/kernel.js';
import { compileSimd } from '../kernel/simd.js';
import type { Formula } from '../view/view.js';
import { CODE_MIB, requireRoom } from './address-space.js';
import type { Done, FromThread, Offer, ThreadData, ToThread } from './thread-messages.js';

/** What a leader may ask for: its word for it came over the wire. */
const KERNELS: readonly KernelName[] = ['simd', 'gpu', 'cpu'];

/** A session's place in the pool. */
export interface Seat {
  /** Shards of this scene may be queued from now on. */
  scene(id: number, scene: Scene): void;
  /** `finish` is called once, unless the shard is cancelled. */
  queue(assignment: Assignment, finish: (result: Done | { kind: 'failed'; reason: string }) => void): void;
  /** Forgets an assignment, by its epoch: one that has begun is left unfinished. */
  cancel(epoch: number): void;
  /** Epochs of what is being computed, then of what waits. */
  readonly underWay: readonly number[];
  /** Drops what is queued or under way, forgets the scenes. */
  leave(): void;
}

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
  /** Perturbed views of this formula may come soon: what that takes is compiled while nobody waits for it. */
  warm(formula: Formula): void;
  seat(kernel: KernelName): Seat;
  close(): Promise<void>;
}

interface Job {
  readonly seat: SeatState;
  readonly assignment: Assignment;
  readonly finish: (result: Done | { kind: 'failed'; reason: string }) => void;
  /** Its number among all that began, for the thread that computes it. */
  turn: number;
}

interface SeatState {
  readonly kernel: KernelName;
  readonly queue: Job[];
  /** By the session's number. */
  readonly scenes: Map<number, PlacedScene>;
  /** With a thread, and still wanted. */
  readonly running: Set<Job>;
}

/** A scene, its reference orbit in the memory that all threads share; sessions that name the same object share it, too. */
interface PlacedScene {
  key: string;
  readonly whole: Scene;
  /** How many sessions compute shards of it. */
  seats: number;
  readonly scene: Omit<Scene, 'reference'>;
  reference: SharedReference | undefined;
}

interface Thread {
  readonly worker: Worker;
  readonly slot: number;
  /** It has started: it can compute. */
  up: boolean;
  /** It may have opened a kernel on a graphics card. */
  graphics: boolean;
  job: Job | undefined;
  /** Scenes it already has. */
  readonly scenes: Set<string>;
}

/** A kernel that is being opened and measured. */
interface Opening {
  readonly thread: Thread;
  readonly kernel: KernelName;
  resolve(offer: Offer): void;
  reject(error: FractalError): void;
}

/** Whether a thread of this process may have a graphics device open. */
export const graphics = { inUse: false };

/** What a thread runs. */
const THREAD = new URL('./thread.cjs', import.meta.url);

/** Threads without a shard that may end in a row before the pool is broken. */
const IDLE_DEATHS = 3;

/**
 * `offered`: the kernels that leaders may ask for.
 * @throws FractalError RESOURCES when there is no room for the threads
 */
export function openPool(slots: number, offered: KernelName | 'auto' = 'auto', script = THREAD): Pool {
  requireRoom(slots);
  const simd = compileSimd(slots);
  const stops = new Int32Array(new SharedArrayBuffer(4 * slots));
  const threads: Thread[] = [];
  const seats: SeatState[] = [];
  const placed = new Map<Scene, PlacedScene>();
  const offers = new Map<KernelName, Promise<Offer>>();
  const openings = new Set<Opening>();
  const [started, allUp] = settledLater<void>();
  const [broken, breakPool] = settledLater<FractalError>();
  let failure: FractalError | undefined;
  let idleDeaths = 0;
  let nextScene = 0;
  let turn = 0;
  let begun = 0;
  let closed = false;
  let closing: Promise<void> | undefined;
  try {
    for (let slot = 0; slot < slots; slot++) threads.push(start({ simd, slot, stops }));
  } catch (error) {
    // Those that have started would keep the process.
    closed = true;
    for (const { worker } of threads) void worker.terminate();
    throw usedUp(error) ?? error;
  }

  function start(workerData: ThreadData): Thread {
    const resourceLimits = { codeRangeSizeMb: CODE_MIB };
    const worker = new Worker(script, { workerData, resourceLimits });
    const thread: Thread = {
      worker,
      slot: workerData.slot,
      up: false,
      graphics: false,
      job: undefined,
      scenes: new Set(),
    };
    worker.on('message', (message: FromThread) => {
      switch (message.kind) {
        case 'started':
          thread.up = true;
          if (threads.every(({ up }) => up)) allUp();
          return;
        case 'opened':
        case 'unavailable':
          return opened(thread, message);
        case 'done':
          idleDeaths = 0;
          return settle(thread, message);
        case 'failed':
          return settle(thread, message);
        case 'stopped':
          return settle(thread);
        case 'closed':
          return;
      }
    });
    worker.on('error', (error) => died(thread, error));
    worker.on('exit', (code) => died(thread, new Error(`it ended with exit code ${code}`)));
    return thread;
  }

  /** A thread that dies takes its shard with it: that one fails, and a new thread takes the slot. */
  function died(thread: Thread, error: unknown): void {
    // An error is followed by the exit.
    if (closed || failure || threads[thread.slot] !== thread) return;
    if (!thread.up) return giveUp('a computing thread could not start', error);
    if (!thread.job && ++idleDeaths >= IDLE_DEATHS) return giveUp('computing threads die', error);
    try {
      threads[thread.slot] = start({ simd, slot: thread.slot, stops });
    } catch (failed) {
      return giveUp('a computing thread died, and none can take its place', failed);
    }
    for (const scene of placed.values()) rebuild(scene);
    const reason = `a computing thread died: ${messageOf(usedUp(error) ?? error)}`;
    for (const opening of openings) {
      if (opening.thread === thread) drop(opening).reject(new FractalError('KERNEL_MISSING', reason));
    }
    settle(thread, { kind: 'failed', reason });
  }

  /** Threads that wait for a table that a dead thread had a part in stop waiting; later shards build another one. */
  function rebuild(scene: PlacedScene): void {
    const { key, whole, reference } = scene;
    if (!whole.reference || !reference || !abandonTables(reference)) return;
    try {
      scene.reference = shareReference(whole.reference, slots);
    } catch {
      // Shards of this scene fail, with the reason that the table could not be built.
      return;
    }
    scene.key = String(nextScene++);
    forget(key);
  }

  function forget(key: string): void {
    for (const thread of threads) if (thread.scenes.delete(key)) post(thread, { kind: 'forget', key });
  }

  /** Nothing can be computed any more. */
  function giveUp(what: string, cause: unknown): void {
    const known = usedUp(cause);
    failure = known
      ? new FractalError('RESOURCES', `${what}: ${known.message}`, { cause })
      : new FractalError('KERNEL_MISSING', `${what}: ${messageOf(cause)}`, { cause });
    for (const opening of openings) drop(opening).reject(failure);
    const reason = failure.message;
    const jobs = seats.flatMap((seat) => [...seat.running, ...seat.queue]);
    for (const seat of seats) {
      seat.running.clear();
      seat.queue.length = 0;
    }
    for (const job of jobs) job.finish({ kind: 'failed', reason });
    breakPool(failure);
  }

  /** It is tried no longer, and may be tried again. */
  function drop(opening: Opening): Opening {
    openings.delete(opening);
    offers.delete(opening.kernel);
    return opening;
  }

  function opened(thread: Thread, message: FromThread & { kind: 'opened' | 'unavailable' }): void {
    for (const opening of openings) {
      if (opening.thread !== thread || opening.kernel !== message.kernel) continue;
      openings.delete(opening);
      if (message.kind === 'opened') opening.resolve(message);
      else opening.reject(new FractalError('KERNEL_MISSING', message.reason));
    }
  }

  /** A thread is free again. Whoever cancelled its shard waits for no result, though one may have crossed the word. */
  function settle(thread: Thread, result?: Done | { kind: 'failed'; reason: string }): void {
    const { job } = thread;
    thread.job = undefined;
    const wanted = job?.seat.running.delete(job);
    // The next shard starts before this one's bytes are handled.
    dispatch();
    if (wanted && result) job?.finish(result);
  }

  /** The thread looks between the parts of a shard. */
  function stop(job: Job): void {
    job.seat.running.delete(job);
    const thread = threads.find((one) => one.job === job);
    if (thread) Atomics.store(stops, thread.slot, job.turn);
  }

  function dispatch(): void {
    for (const thread of threads) {
      if (thread.job) continue;
      const job = next(thread);
      if (job) run(thread, job);
    }
  }

  /** The next shard, that this thread may compute, of the next session in turn. */
  function next(thread: Thread): Job | undefined {
    for (let k = 0; k < seats.length; k++) {
      const seat = seats[(turn + k) % seats.length] as SeatState;
      if (seat.kernel === 'gpu' && thread !== threads[0]) continue;
      const job = seat.queue.shift();
      if (!job) continue;
      turn = (turn + k + 1) % seats.length;
      return job;
    }
    return undefined;
  }

  function run(thread: Thread, job: Job): void {
    const { seat, assignment } = job;
    const { key, scene, reference } = seat.scenes.get(assignment.scene) as PlacedScene;
    if (!thread.scenes.has(key)) {
      thread.scenes.add(key);
      post(thread, { kind: 'scene', key, scene, reference });
    }
    thread.job = job;
    if (seat.kernel === 'gpu') draws(thread);
    // Wraps as the shared numbers do, long after the shard of the same number is done.
    begun = (begun + 1) | 0;
    job.turn = begun;
    seat.running.add(job);
    const { view, rect } = assignment;
    post(thread, { kind: 'compute', turn: job.turn, kernel: seat.kernel, scene: key, view, rect });
  }

  function place(whole: Scene): PlacedScene {
    const known = placed.get(whole);
    if (known) return known;
    const { reference, ...scene } = whole;
    const key = String(nextScene++);
    const fresh = { key, whole, seats: 0, scene, reference: reference && shareReference(reference, slots) };
    placed.set(whole, fresh);
    return fresh;
  }

  /** A session needs it no longer; once none does, the threads forget it. */
  function release(scene: PlacedScene): void {
    scene.seats--;
    if (scene.seats > 0) return;
    placed.delete(scene.whole);
    forget(scene.key);
  }

  function post(thread: Thread, message: ToThread): void {
    thread.worker.postMessage(message);
  }

  function measure(kernel: KernelName): Promise<Offer> {
    const [thread] = threads as [Thread];
    return new Promise((resolve, reject) => {
      openings.add({ thread, kernel, resolve, reject });
      if (kernel === 'gpu') draws(thread);
      post(thread, { kind: 'open', kernel });
    });
  }

  return {
    instance: randomUUID(),
    slots,
    started,
    broken,
    slotsFor: (kernel) => (kernel === 'gpu' ? 1 : slots),
    async offer(kernel) {
      if (!KERNELS.includes(kernel)) {
        throw new FractalError('KERNEL_MISSING', `this worker knows no kernel ${kernel}: run the same version on both`);
      }
      if (offered !== 'auto' && kernel !== offered) {
        throw new FractalError('KERNEL_MISSING', `this worker offers the ${offered} kernel only, not ${kernel}`);
      }
      if (failure) throw failure;
      let offer = offers.get(kernel);
      if (!offer) offers.set(kernel, (offer = measure(kernel)));
      return offer;
    },
    warm(formula) {
      // The first one is the one that measures.
      post(threads.at(-1) as Thread, { kind: 'warm', formula });
    },
    seat(kernel) {
      const seat: SeatState = { kernel, queue: [], scenes: new Map(), running: new Set() };
      seats.push(seat);
      return {
        scene(id, scene) {
          const [old, one] = [seat.scenes.get(id), place(scene)];
          one.seats++;
          seat.scenes.set(id, one);
          if (old) release(old);
        },
        queue(assignment, finish) {
          if (!seat.scenes.has(assignment.scene)) {
            throw new FractalError('PROTOCOL', `shard ${assignment.shard} names scene ${assignment.scene}, never sent`);
          }
          if (failure) return finish({ kind: 'failed', reason: failure.message });
          seat.queue.push({ seat, assignment, finish, turn: 0 });
          dispatch();
        },
        cancel(epoch) {
          const at = seat.queue.findIndex((job) => job.assignment.epoch === epoch);
          if (at >= 0) seat.queue.splice(at, 1);
          for (const job of seat.running) if (job.assignment.epoch === epoch) stop(job);
        },
        get underWay() {
          return [...seat.running, ...seat.queue].map(({ assignment }) => assignment.epoch);
        },
        leave() {
          seat.queue.length = 0;
          for (const job of seat.running) stop(job);
          seats.splice(seats.indexOf(seat), 1);
          turn = 0;
          for (const scene of seat.scenes.values()) release(scene);
        },
      };
    },
    async close() {
      closed = true;
      closing ??= Promise.all(threads.map(end)).then(() => undefined);
      return closing;
    },
  };
}

function draws(thread: Thread): void {
  // Vulkan drivers that look for a Wayland display print "error: XDG_RUNTIME_DIR ..." where it is not set. Here, since
  // threads have a copy of the environment that drivers do not see.
  process.env.XDG_RUNTIME_DIR ||= '/nonexistent';
  thread.graphics = true;
  graphics.inUse = true;
}

/** Ends a thread: one that may have a graphics device open closes it before. */
async function end({ worker, up, graphics }: Thread): Promise<void> {
  if (up && graphics) {
    await new Promise<void>((resolve) => {
      worker.on('message', ({ kind }: FromThread) => kind === 'closed' && resolve());
      worker.once('exit', () => resolve());
      worker.postMessage({ kind: 'close' } satisfies ToThread);
    });
  }
  await worker.terminate();
}

/** A promise, and what resolves it. */
function settledLater<T>(): [Promise<T>, (value: T) => void] {
  let resolve: (value: T) => void = () => {};
  const promise = new Promise<T>((settle) => {
    resolve = settle;
  });
  return [promise, resolve];
}
