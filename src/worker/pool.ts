/**
 * The worker's computing threads, and who may use them: every session has a queue of its own, and a free thread takes
 * the next shard of the next session in turn, so that several leaders share a worker fairly.
 */

import { randomUUID } from 'node:crypto';
import { Worker } from 'node:worker_threads';
import type { Assignment, Scene } from '../cluster/messages.js';
import { FractalError } from '../errors.js';
import type { KernelName } from '../kernel/kernel.js';
import { type SharedReference, shareReference } from '../kernel/perturbation/kernel.js';
import { compileSimd } from '../kernel/simd.js';
import type { Formula } from '../view/view.js';
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
  readonly key: string;
  readonly whole: Scene;
  /** How many sessions compute shards of it. */
  seats: number;
  readonly scene: Omit<Scene, 'reference'>;
  readonly reference: SharedReference | undefined;
}

interface Thread {
  readonly worker: Worker;
  readonly slot: number;
  job: Job | undefined;
  /** Scenes it already has. */
  readonly scenes: Set<string>;
}

/** `offered`: the kernels that leaders may ask for. */
export function openPool(slots: number, offered: KernelName | 'auto' = 'auto'): Pool {
  const simd = compileSimd(slots);
  const stops = new Int32Array(new SharedArrayBuffer(4 * slots));
  const threads: Thread[] = [];
  const seats: SeatState[] = [];
  const placed = new Map<Scene, PlacedScene>();
  const offers = new Map<KernelName, Promise<Offer>>();
  let nextScene = 0;
  let turn = 0;
  let begun = 0;
  let closed = false;
  for (let slot = 0; slot < slots; slot++) threads.push(start({ simd, slot, stops }));

  function start(workerData: ThreadData): Thread {
    const worker = new Worker(new URL('./thread.cjs', import.meta.url), { workerData });
    const thread: Thread = { worker, slot: workerData.slot, job: undefined, scenes: new Set() };
    worker.on('message', (message: FromThread) => {
      if (message.kind === 'done' || message.kind === 'failed') settle(thread, message);
      else if (message.kind === 'stopped') settle(thread);
    });
    // A thread that dies takes its shard with it: that one fails, and a new thread takes the slot.
    worker.on('error', (error) => {
      if (closed) return;
      threads[workerData.slot] = start(workerData);
      settle(thread, { kind: 'failed', reason: `a computing thread died: ${error.message}` });
    });
    return thread;
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
    const { key } = scene;
    for (const thread of threads) if (thread.scenes.delete(key)) post(thread, { kind: 'forget', key });
  }

  function post(thread: Thread, message: ToThread): void {
    thread.worker.postMessage(message);
  }

  function measure(kernel: KernelName): Promise<Offer> {
    const { worker } = threads[0] as Thread;
    return new Promise((resolve, reject) => {
      const listen = (message: FromThread) => {
        if ((message.kind !== 'opened' && message.kind !== 'unavailable') || message.kernel !== kernel) return;
        worker.off('message', listen);
        if (message.kind === 'opened') resolve(message);
        else reject(new FractalError('KERNEL_MISSING', message.reason));
      };
      worker.on('message', listen);
      worker.postMessage({ kind: 'open', kernel } satisfies ToThread);
    });
  }

  return {
    instance: randomUUID(),
    slots,
    slotsFor: (kernel) => (kernel === 'gpu' ? 1 : slots),
    async offer(kernel) {
      if (!KERNELS.includes(kernel)) {
        throw new FractalError('KERNEL_MISSING', `this worker knows no kernel ${kernel}: run the same version on both`);
      }
      if (offered !== 'auto' && kernel !== offered) {
        throw new FractalError('KERNEL_MISSING', `this worker offers the ${offered} kernel only, not ${kernel}`);
      }
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
      await Promise.all(threads.map(({ worker }) => worker.terminate()));
    },
  };
}
