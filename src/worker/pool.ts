/**
 * The worker's computing threads and their division among sessions. Every session has a queue of its own; a free thread
 * takes the next shard of the session with the fewest threads, in turn where several have as few. A shard is never
 * interrupted to let others compute: where shards of a session run longer than LONG_MS and another session has less
 * than its share of the slots, the other one's shards run on spare threads beside them, and the operating system shares
 * the cores. A cancelled shard that does not stop is ended together with its thread.
 */

import { randomUUID } from 'node:crypto';
import { Worker } from 'node:worker_threads';
import type { Assignment, Scene } from '../cluster/messages.js';
import { FractalError, messageOf, usedUp } from '../errors.js';
import type { Asset } from '../work/asset.js';
import { type KernelUse, type Kind, type Kinds, kindWith } from '../work/kind.js';
import { BUILT_IN } from '../work/kinds.js';
import { CODE_MIB, requireRoom } from './address-space.js';
import { type Holder, type PlacedScene, Scenes } from './scenes.js';
import type { Done, FromThread, Offer, ThreadData, ToThread } from './thread-messages.js';

/** A session's place in the pool. */
export interface Seat {
  /** Scenes may name this asset from now on. @throws FractalError PROTOCOL, NoRoom */
  asset(asset: Asset): void;
  /** Shards of this scene may be queued from now on. @throws FractalError PROTOCOL, NoRoom */
  scene(id: number, scene: Scene): void;
  /** `finish` is called once, unless the shard is cancelled. */
  queue(assignment: Assignment, finish: Finish): void;
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
  /** Work of this sort may come soon, of the kind named so: what it takes is made ready before a shard waits for it. */
  warm(kind: string, what: unknown): void;
  /** `evict`: ends the session, to make room for the scenes of another one. */
  seat(kernel: string, evict?: (why: string) => void): Seat;
  close(): Promise<void>;
}

export interface PoolOptions {
  /** The kernel that leaders may ask for; `auto`: all of the kinds. */
  readonly offered?: string;
  /** Bytes of scenes, over all sessions. Absent: no bound. */
  readonly sceneBytes?: number;
  /** Threads beside the slots, for sessions that long shards of others keep waiting. Absent: none. */
  readonly spare?: number;
  /** The kinds of work, by name; and what a thread runs, which knows the same ones. Absent: the built-in ones. */
  readonly kinds?: Kinds;
  readonly script?: URL;
}

/** Takes what came of a shard; what it returns resolves once the leader has read that. */
export type Finish = (result: Done | { kind: 'failed'; reason: string }) => Promise<void> | undefined | void;

interface Job {
  readonly seat: SeatState;
  readonly assignment: Assignment;
  readonly finish: Finish;
  /** Its number among all that began, for the thread that computes it. */
  turn: number;
  /** When it began, in milliseconds. */
  since: number;
  /** Bytes that it takes while it is computed. */
  readonly size: number;
}

interface SeatState extends Holder {
  readonly kernel: string;
  /** The kind of work, its name, and how it uses the kernel. */
  readonly kind: Kind;
  readonly kindName: string;
  readonly use: KernelUse;
  readonly queue: Job[];
  /** By the session's number. */
  readonly scenes: Map<number, PlacedScene>;
  /** By digest. */
  readonly assets: Map<string, Uint8Array>;
  /** With a thread, and still wanted. */
  readonly running: Set<Job>;
  /** Bytes of answers that its leader has not read. */
  unread: number;
}

interface Thread {
  readonly worker: Worker;
  readonly slot: number;
  /** It has started: it can compute. */
  up: boolean;
  /** It may have opened a kernel on a device. */
  device: boolean;
  job: Job | undefined;
  /** Scenes it already has. */
  readonly scenes: Set<string>;
  /** Called with the key of a scene that it has forgotten. */
  readonly forgotten: Map<string, () => void>;
  /** Ends a spare thread that has nothing to do. */
  retiring?: NodeJS.Timeout | undefined;
}

/** A kernel that is being opened and measured. */
interface Opening {
  readonly thread: Thread;
  readonly kernel: string;
  resolve(offer: Offer): void;
  reject(error: FractalError): void;
}

/** What a thread runs. */
const THREAD = new URL('./thread.cjs', import.meta.url);

/** Threads without a shard that may end in a row before the pool is broken. */
const IDLE_DEATHS = 3;

/** A shard that runs longer does not keep other sessions waiting, where there are spare threads. */
const LONG_MS = 1_000;
/** A thread that goes on with a shard so long after it was cancelled is ended. */
const STOP_MS = 1_000;
/** A session with more bytes unread begins no shard. */
const UNREAD_BYTES = 64 << 20;
/**
 * Bytes of samples under way and of answers unread, of all sessions, at least and for each slot: beyond it no shard of more
 * than LARGE_BYTES begins, and the session with the most bytes unread is ended.
 */
const HELD_BYTES = 512 << 20;
const HELD_BYTES_EACH = 128 << 20;
const LARGE_BYTES = 8 << 20;
/** A spare thread is kept so long without a shard. */
const IDLE_MS = 5_000;

/** @throws FractalError RESOURCES when there is no room for the threads */
export function openPool(
  slots: number,
  { offered = 'auto', sceneBytes = Infinity, spare = 0, kinds = BUILT_IN, script = THREAD }: PoolOptions = {},
): Pool {
  requireRoom(slots);
  const most = slots + spare;
  const shared = Object.fromEntries(Object.entries(kinds).map(([name, kind]) => [name, kind.share(most)]));
  const stops = new Int32Array(new SharedArrayBuffer(4 * most));
  /** By slot; those beyond `slots` are spare. */
  const threads = new Map<number, Thread>();
  const seats: SeatState[] = [];
  const scenes = new Scenes(slots, most, sceneBytes, forget);
  const offers = new Map<string, Promise<Offer>>();
  const openings = new Set<Opening>();
  const [started, allUp] = settledLater<void>();
  const [broken, breakPool] = settledLater<FractalError>();
  let failure: FractalError | undefined;
  let idleDeaths = 0;
  let turn = 0;
  let begun = 0;
  let closed = false;
  let closing: Promise<void> | undefined;
  let waiting: NodeJS.Timeout | undefined;
  /** Bytes of samples under way, and of answers unread; and what they may be. */
  let held = 0;
  const mostHeld = Math.max(HELD_BYTES, slots * HELD_BYTES_EACH);
  try {
    for (let slot = 0; slot < slots; slot++) start(slot);
  } catch (error) {
    // Those that have started would keep the process.
    closed = true;
    for (const { worker } of threads.values()) void worker.terminate();
    throw usedUp(error) ?? error;
  }

  function start(slot: number): Thread {
    const workerData: ThreadData = { shared, slot, stops };
    const worker = new Worker(script, { workerData, resourceLimits: { codeRangeSizeMb: CODE_MIB } });
    const thread: Thread = {
      worker,
      slot,
      up: false,
      device: false,
      job: undefined,
      scenes: new Set(),
      forgotten: new Map(),
    };
    threads.set(slot, thread);
    worker.on('message', (message: FromThread) => {
      switch (message.kind) {
        case 'started':
          thread.up = true;
          if ([...threads.values()].every(({ up, slot: one }) => up || one >= slots)) allUp();
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
        case 'forgotten':
          return forgotten(thread, message.key);
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
    if (closed || failure || threads.get(thread.slot) !== thread) return;
    const spared = thread.slot >= slots;
    if (!thread.up && !spared) return giveUp('a computing thread could not start', error);
    if (!thread.job && !spared && ++idleDeaths >= IDLE_DEATHS) return giveUp('computing threads die', error);
    threads.delete(thread.slot);
    try {
      if (!spared) start(thread.slot);
    } catch (failed) {
      return giveUp('a computing thread died, and none can take its place', failed);
    }
    for (const key of [...thread.forgotten.keys()]) forgotten(thread, key);
    scenes.rebuild();
    const reason = `a computing thread died: ${messageOf(usedUp(error) ?? error)}`;
    for (const opening of openings) {
      if (opening.thread === thread) drop(opening).reject(new FractalError('KERNEL_MISSING', reason));
    }
    settle(thread, { kind: 'failed', reason });
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

  /** A thread is free again. No result is awaited of a cancelled shard, though one may have crossed the message. */
  function settle(thread: Thread, result?: Done | { kind: 'failed'; reason: string }): void {
    const { job } = thread;
    thread.job = undefined;
    if (job) held -= job.size;
    const wanted = job?.seat.running.delete(job);
    const answer = wanted && result?.kind === 'done' ? result.bytes.length : 0;
    if (job) unread(job.seat, answer);
    // The next shard starts before this one's bytes are handled.
    dispatch();
    if (!thread.job && thread.slot >= slots) retire(thread);
    if (!job || !wanted || !result) return;
    const read = () => {
      unread(job.seat, -answer);
      dispatch();
    };
    Promise.resolve(job.finish(result)).then(read, read);
  }

  /** So many bytes more lie unread; where they are too many, the session that holds most of them is ended. */
  function unread(seat: SeatState, bytes: number): void {
    seat.unread += bytes;
    held += bytes;
    if (bytes <= 0 || held <= mostHeld) return;
    const largest = seats.reduce((most, one) => (one.unread > most.unread ? one : most), seat);
    largest.evict('the leader reads no answers');
  }

  /** The thread looks between the parts of a shard; one that does not is ended. */
  function stop(job: Job): void {
    job.seat.running.delete(job);
    const thread = [...threads.values()].find((one) => one.job === job);
    if (!thread) return;
    Atomics.store(stops, thread.slot, job.turn);
    const look = () => {
      if (thread.job !== job || closed) return;
      // Its exit is heard of like that of any thread that dies.
      if (mayEnd(job)) void thread.worker.terminate();
      else setTimeout(look, STOP_MS).unref();
    };
    setTimeout(look, STOP_MS).unref();
  }

  /** A driver may not survive the end of its thread; other threads may wait for what this one prepares. */
  function mayEnd({ seat, assignment: { work, scene } }: Job): boolean {
    return !seat.use.device && (seat.scenes.get(scene)?.prepared.mayEnd(work) ?? true);
  }

  /** Ends a spare thread, unless it is needed again soon. */
  function retire(thread: Thread): void {
    clearTimeout(thread.retiring);
    thread.retiring = setTimeout(() => {
      if (thread.job || closed || threads.get(thread.slot) !== thread) return;
      threads.delete(thread.slot);
      for (const key of [...thread.forgotten.keys()]) forgotten(thread, key);
      void thread.worker.terminate();
    }, IDLE_MS).unref();
  }

  function dispatch(): void {
    // Sessions leave after the pool is closed: a thread that starts then would keep the process.
    if (closed) return;
    for (let pair = next(); pair; pair = next()) run(...pair);
    const someWait = seats.length > 1 && seats.some(({ queue }) => queue.length > 0);
    if (spare === 0 || !someWait || waiting) return;
    waiting = setTimeout(() => {
      waiting = undefined;
      dispatch();
    }, LONG_MS).unref();
  }

  /** The next shard and its thread: of the session with the fewest slots, in turn where they have as many. */
  function next(): [Thread, Job] | undefined {
    const all = seats.map((_, k) => (turn + k) % seats.length);
    const inOrder = all.sort((a, b) => (seats[a] as SeatState).running.size - (seats[b] as SeatState).running.size);
    for (const at of inOrder) {
      const seat = seats[at] as SeatState;
      const [head] = seat.queue;
      const thread = head && hasRoom(head) && isReady(head) ? threadFor(seat) : undefined;
      if (!thread) continue;
      turn = (at + 1) % seats.length;
      return [thread, seat.queue.shift() as Job];
    }
    return undefined;
  }

  /** Whether there is memory for a shard and its answer. */
  function hasRoom({ seat, size }: Job): boolean {
    return seat.unread <= UNREAD_BYTES && (size <= LARGE_BYTES || held === 0 || held + size <= mostHeld);
  }

  /** Whether its scene is where threads find it. Where there is no memory for that, all shards of the scene fail. */
  function isReady({ seat, assignment: { scene: id } }: Job): boolean {
    const scene = seat.scenes.get(id) as PlacedScene;
    try {
      return scene.ready(dispatch);
    } catch (error) {
      const jobs = seat.queue.filter((job) => job.assignment.scene === id);
      const rest = seat.queue.filter((job) => job.assignment.scene !== id);
      seat.queue.splice(0, seat.queue.length, ...rest);
      const reason = messageOf(usedUp(error) ?? error);
      // In a turn of its own: an answer may queue more.
      setImmediate(() => {
        for (const { finish } of jobs) finish({ kind: 'failed', reason });
      });
      return false;
    }
  }

  /**
   * A thread for the next shard of a session, if it may have one. Long shards of others do not count where it has less
   * than its share of the slots: then it has a spare thread beside them.
   */
  function threadFor(seat: SeatState): Thread | undefined {
    const free = [...threads.values()].filter(({ job }) => !job).sort((a, b) => a.slot - b.slot);
    if (seat.use.device) return free.find(({ slot }) => slot === 0);
    const busy = [...threads.values()].flatMap(({ job }) => job ?? []);
    if (busy.length < slots) return free[0];
    const active = seats.filter(({ running, queue }) => running.size + queue.length > 0).length;
    const share = Math.max(1, Math.floor(slots / active));
    const now = performance.now();
    const short = busy.filter((job) => job.seat === seat || now - job.since < LONG_MS).length;
    if (spare === 0 || seat.running.size >= share || short >= slots) return undefined;
    return free[0] ?? startSpare();
  }

  function startSpare(): Thread | undefined {
    for (let slot = slots; slot < most; slot++) {
      if (threads.has(slot)) continue;
      try {
        return start(slot);
      } catch {
        // Without room for one more thread the session waits for a slot.
        return undefined;
      }
    }
    return undefined;
  }

  function run(thread: Thread, job: Job): void {
    const { seat, assignment } = job;
    const { key, prepared, assets } = seat.scenes.get(assignment.scene) as PlacedScene;
    if (!thread.scenes.has(key)) {
      thread.scenes.add(key);
      post(thread, { kind: 'scene', key, work: seat.kindName, prepared: prepared.forThreads(), assets });
    }
    clearTimeout(thread.retiring);
    thread.job = job;
    opening(thread, seat.use);
    // Wraps as the shared numbers do, long after the shard of the same number is done.
    begun = (begun + 1) | 0;
    job.turn = begun;
    job.since = performance.now();
    seat.running.add(job);
    held += job.size;
    post(thread, { kind: 'compute', turn: job.turn, kernel: seat.kernel, scene: key, task: assignment.work });
  }

  async function forget(key: string, collect: boolean): Promise<void> {
    const having = [...threads.values()].filter((thread) => thread.scenes.delete(key));
    await Promise.all(
      having.map(
        (thread) =>
          new Promise<void>((resolve) => {
            thread.forgotten.set(key, resolve);
            post(thread, { kind: 'forget', key, collect });
          }),
      ),
    );
  }

  function forgotten(thread: Thread, key: string): void {
    thread.forgotten.get(key)?.();
    thread.forgotten.delete(key);
  }

  function post(thread: Thread, message: ToThread): void {
    thread.worker.postMessage(message);
  }

  /** The first thread drives the device; other kernels are measured by any that is free. */
  function measure(kernel: string, work: string, use: KernelUse): Promise<Offer> {
    const free = use.device ? undefined : [...threads.values()].find(({ job }) => !job);
    const thread = free ?? threads.get(0);
    if (!thread) return Promise.reject(new FractalError('KERNEL_MISSING', 'no thread could be started'));
    return new Promise((resolve, reject) => {
      openings.add({ thread, kernel, resolve, reject });
      opening(thread, use);
      post(thread, { kind: 'open', work, kernel });
    });
  }

  return {
    instance: randomUUID(),
    slots,
    kinds,
    started,
    broken,
    get device() {
      return [...threads.values()].some(({ device }) => device);
    },
    slotsFor: (kernel) => (useOf(kinds, kernel).use.device ? 1 : slots),
    async offer(kernel) {
      const { kindName, use } = useOf(kinds, kernel);
      if (offered !== 'auto' && kernel !== offered) {
        throw new FractalError('KERNEL_MISSING', `this worker offers the ${offered} kernel only, not ${kernel}`);
      }
      if (failure) throw failure;
      let offer = offers.get(kernel);
      if (!offer) offers.set(kernel, (offer = measure(kernel, kindName, use)));
      return offer;
    },
    warm(work, what) {
      // The first one is the one that measures.
      const last = threads.get(slots - 1);
      if (last) post(last, { kind: 'warm', work, what });
    },
    seat(kernel, evict = () => undefined) {
      const seat: SeatState = {
        kernel,
        ...useOf(kinds, kernel),
        queue: [],
        scenes: new Map(),
        assets: new Map(),
        running: new Set(),
        unread: 0,
        bytes: 0,
        evict,
        get idle() {
          return this.running.size + this.queue.length === 0;
        },
      };
      seats.push(seat);
      return {
        asset({ digest, bytes }) {
          if (!seat.assets.has(digest)) seat.assets.set(digest, scenes.keep({ digest, bytes }, seat));
        },
        scene(id, scene) {
          const old = seat.scenes.get(id);
          const assets = new Map(scene.assets.map((digest) => [digest, sent(seat, digest)]));
          seat.scenes.set(id, scenes.place(scene, seat.kind, assets, seat));
          if (old) scenes.release(old, seat);
        },
        queue(assignment, finish) {
          if (!seat.scenes.has(assignment.scene)) {
            throw new FractalError('PROTOCOL', `shard ${assignment.shard} names scene ${assignment.scene}, never sent`);
          }
          if (failure) return void finish({ kind: 'failed', reason: failure.message });
          seat.queue.push({ seat, assignment, finish, turn: 0, since: 0, size: seat.kind.taskBytes(assignment.work) });
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
          const at = seats.indexOf(seat);
          if (at >= 0) seats.splice(at, 1);
          turn = 0;
          for (const scene of seat.scenes.values()) scenes.release(scene, seat);
          for (const digest of seat.assets.keys()) scenes.drop(digest, seat);
          // What is left of it are shards that a thread has not let go of yet.
          dispatch();
        },
      };
    },
    async close() {
      closed = true;
      clearTimeout(waiting);
      closing ??= Promise.all([...threads.values()].map(end)).then(() => undefined);
      return closing;
    },
  };
}

/** @throws FractalError KERNEL_MISSING */
function useOf(kinds: Kinds, kernel: string): Pick<SeatState, 'kind' | 'kindName' | 'use'> {
  const kindName = kindWith(kinds, kernel);
  const kind = kindName === undefined ? undefined : kinds[kindName];
  const use = kind?.kernels[kernel];
  if (kindName !== undefined && kind && use) return { kind, kindName, use };
  throw new FractalError('KERNEL_MISSING', `this worker knows no kernel ${kernel}: run the same version on both`);
}

/** @throws FractalError PROTOCOL */
function sent({ assets }: SeatState, digest: string): Uint8Array {
  const asset = assets.get(digest);
  if (!asset) throw new FractalError('PROTOCOL', `a scene names asset ${digest}, never sent`);
  return asset;
}

/** A thread is about to use a kernel. */
function opening(thread: Thread, use: KernelUse): void {
  use.beforeOpening?.();
  if (!use.device) return;
  thread.device = true;
}

/** Ends a thread: one that may have a device open closes it before. */
async function end({ worker, up, device }: Thread): Promise<void> {
  if (up && device) {
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
