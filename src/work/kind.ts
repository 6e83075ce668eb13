/**
 * What is done for the shards of a kind of work: in the main thread of a worker (`Kind`) and in its computing threads
 * (`Computing`). Workers get tables of both; kinds.ts and computing.ts have the built-in ones. What a leader needs of a
 * kind is in its RenderJob: the scene, a task for each shard, the check of an answer, names for the store.
 */

import { FractalError } from '../errors.js';
import type { SceneWork, TaskWork } from './work.js';

export interface Kind<S extends SceneWork = SceneWork, T extends TaskWork = TaskWork> {
  /** The kernels that leaders may ask for, by name; no two kinds of a worker have a kernel of the same name. */
  readonly kernels: Readonly<Record<string, KernelUse>>;
  /** What all computing threads get when they start, at most so many: plain data or memory that they share. */
  share(threads: number): unknown;
  /** @throws FractalError PROTOCOL for a scene that is not valid */
  validateScene(scene: S): void;
  /** `shard`: its number. @throws FractalError PROTOCOL for a task that cannot be computed, or is too much at once */
  validateTask(task: T, shard: number): void;
  /** Bytes of memory that a task takes while it is computed. */
  taskBytes(task: T): number;
  /**
   * Of scenes that jobs in a row are likely to have in common, and that take long to prepare: equal for equal scenes. They
   * stay ready for some time without a job. Absent, or undefined: this one does not.
   */
  lastingKey?(scene: S): string | undefined;
  /**
   * `slots`: threads that compute at a time; `threads`: those that may compute; `assets`: by digest. Nothing large is
   * allocated yet.
   */
  prepare(scene: S, slots: number, threads: number, assets: ReadonlyMap<string, Uint8Array>): Prepared<T>;
}

export interface KernelUse {
  /** It is driven from one thread, which closes it before it ends: a graphics card. */
  readonly device: boolean;
  /** It is a process of its own: the thread only reads what that writes, and must not wait for anything else. */
  readonly outside?: boolean;
  /** Called in the main thread before a thread opens it. */
  beforeOpening?(): void;
}

/** A scene in a worker, for all its threads. */
export interface Prepared<T extends TaskWork = TaskWork> {
  /** Bytes that the scene takes, assets apart. */
  readonly bytes: number;
  /**
   * Loads the scene into memory that threads share; each step takes a few milliseconds, since the event loop of a worker
   * must not be blocked for longer. @throws FractalError RESOURCES
   */
  load(): Iterator<void>;
  /** The scene as `Computing.useScene` takes it; to be called once it is loaded. */
  forThreads(): unknown;
  /** A thread died: returns whether the scene must be loaded again for all threads, since others would wait for that one. */
  rebuild(): boolean;
  /** Whether a thread that computes this task may be ended without leaving others to wait for it. */
  mayEnd(task: T): boolean;
  /** No thread has the scene any more: removes what is outside of memory. */
  release?(): void;
}

export type Kinds = Readonly<Record<string, Kind>>;

/** The name of the kind with this kernel. */
export function kindWith(kinds: Kinds, kernel: string): string | undefined {
  return Object.keys(kinds).find((name) => Object.hasOwn(kinds[name]?.kernels ?? {}, kernel));
}

/** A kind in one computing thread. */
export interface Computing<T extends TaskWork = TaskWork> {
  /** Opens a kernel and measures it. @throws FractalError KERNEL_MISSING */
  open(kernel: string): Promise<Measured>;
  /** `scene`: as `Prepared.forThreads` returned it; `assets`: by digest. */
  useScene(scene: unknown, assets: ReadonlyMap<string, Uint8Array>): ThreadScene<T>;
  /** Work described by this plain data may follow soon: compiles what it needs. */
  warm?(what: unknown): void;
  close(): Promise<void>;
}

/** `shared`: as `Kind.share` returned it; `slot`: the thread's number. */
export type Start<T extends TaskWork = TaskWork> = (shared: unknown, slot: number) => Computing<T>;

export type Starts = Readonly<Record<string, Start>>;

export interface Measured {
  /** Describes what the kernel runs on. */
  readonly detail: string;
  /** Units of work a second and slot: `Computed.iterations` counts the same unit. */
  readonly speed: number;
  /** Equal for workers whose answers are equal to the bit. */
  readonly fingerprint: string;
}

/** A scene in one computing thread. */
export interface ThreadScene<T extends TaskWork = TaskWork> {
  /** The answer to a task; undefined: left unfinished, since `stopped` became true. */
  compute(kernel: string, task: T, stopped: () => boolean): Promise<Computed | undefined>;
}

export interface Computed {
  /** The answer. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly iterations: number;
  /** Pixels that the kind cannot confirm. */
  readonly uncertain: number;
  readonly samples: number;
  /** Seconds that every shard of the scene takes, whatever its size; absent: none worth counting. */
  readonly setup?: number;
}

/** The request is wrong: its shards fail in the same way on every worker. */
export class FinalFailure extends FractalError {
  constructor(message: string) {
    super('SHARD_FAILED', message);
  }
}

export function isFinal(error: unknown): boolean {
  return error instanceof FinalFailure;
}
