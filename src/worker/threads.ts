/**
 * The computing threads of a pool: started, given shards, replaced when they die. A cancelled shard that does not stop is
 * ended together with its thread.
 */

import { Worker } from 'node:worker_threads';
import { asResourceError } from '../errors.js';
import type { KernelUse } from '../work/kind.js';
import { CODE_MIB } from './address-space.js';
import type { Signals } from './pausing.js';
import type { JobKernel, Outcome, Task } from './queues.js';
import { heldBack, isInteractive } from './spare.js';
import type { FromThread, ThreadData, ToThread } from './thread-messages.js';

export interface Thread {
  readonly worker: Worker;
  readonly slot: number;
  /** It has started: it can compute. */
  up: boolean;
  /** It may have opened a kernel on a device, such as a graphics card. */
  device: boolean;
  task: Task | undefined;
  /** Scenes it already has. */
  readonly scenes: Set<string>;
  /** Called with the key of a scene that it has forgotten. */
  readonly forgotten: Map<string, () => void>;
  /** Milliseconds that it is kept without a shard, if it is spare. */
  idleMs: number;
  /** Ends a spare thread that has nothing to do. */
  retiring?: NodeJS.Timeout | undefined;
}

export interface ThreadEvents {
  /** All threads of slots are up. */
  started(): void;
  opened(thread: Thread, message: FromThread & { readonly kind: 'opened' | 'unavailable' }): void;
  /** A thread is free again; without an outcome its shard was stopped. */
  freed(thread: Thread, outcome?: Outcome): void;
  /** A thread died, and its slot got another one, unless it was spare. */
  died(thread: Thread, error: unknown): void;
  /** Nothing can be computed any more. */
  broken(what: string, cause: unknown): void;
}

/** Threads without a shard that may end in a row before the pool is broken. */
const IDLE_DEATHS = 3;
/** A thread that goes on with a shard so long after it was cancelled is ended. */
const STOP_MS = 1_000;
/** A spare thread is kept so long without a shard; and so long where a viewer may come back, who must not wait for its start. */
const IDLE_MS = 5_000;
const WARM_MS = 120_000;

export class Threads {
  /** By slot; those beyond `slots` are spare. */
  private readonly threads = new Map<number, Thread>();
  private readonly signals: Signals;
  private idleDeaths = 0;
  private begun = 0;
  private over = false;
  /** While it runs, viewers are being answered. */
  private answering: NodeJS.Timeout | undefined;

  /** @throws the reason why a thread could not be started; then none is left. */
  constructor(
    private readonly slots: number,
    private readonly most: number,
    private readonly script: URL,
    private readonly background: boolean,
    /** What each kind of work gives all threads, by the kind's name. */
    private readonly shared: ThreadData['shared'],
    private readonly events: ThreadEvents,
  ) {
    const numbers = () => new Int32Array(new SharedArrayBuffer(4 * most));
    this.signals = { stops: numbers(), pauses: numbers() };
    try {
      for (let slot = 0; slot < slots; slot++) this.start(slot);
    } catch (error) {
      // The started threads would keep the process alive.
      this.over = true;
      for (const { worker } of this.threads.values()) void worker.terminate();
      throw asResourceError(error) ?? error;
    }
  }

  /** Whether a thread may have a device open. */
  get device(): boolean {
    return [...this.threads.values()].some(({ device }) => device);
  }

  get first(): Thread | undefined {
    return this.threads.get(0);
  }

  /** In the order of their slots. */
  free(): Thread[] {
    return [...this.threads.values()].filter(({ task }) => !task).sort((a, b) => a.slot - b.slot);
  }

  get tasks(): Task[] {
    return [...this.threads.values()].flatMap(({ task }) => task ?? []);
  }

  /** One thread more than there are slots; undefined where there is no memory for it. */
  startSpare(): Thread | undefined {
    for (let slot = this.slots; slot < this.most; slot++) {
      if (this.threads.has(slot)) continue;
      try {
        return this.start(slot);
      } catch {
        return undefined;
      }
    }
    return undefined;
  }

  run(thread: Thread, task: Task): void {
    const { job, assignment } = task;
    const { key, prepared, assets } = task.scene;
    if (!thread.scenes.has(key)) {
      thread.scenes.add(key);
      post(thread, { kind: 'scene', key, work: job.kindName, prepared: prepared.forThreads(), assets });
    }
    clearTimeout(thread.retiring);
    thread.task = task;
    if (isInteractive(job)) thread.idleMs = WARM_MS;
    beforeOpening(thread, job.use);
    // Wraps at 32 bits like the shared numbers, long after the shard with the same number is done.
    this.begun = (this.begun + 1) | 0;
    task.number = this.begun;
    const { number } = task;
    post(thread, { kind: 'compute', number, kernel: job.kernel, scene: key, task: assignment.work });
  }

  /** The thread checks for this between the parts of a shard; a thread that does not stop is ended. */
  stop(task: Task): void {
    const thread = [...this.threads.values()].find((one) => one.task === task);
    if (!thread) return;
    Atomics.store(this.signals.stops, thread.slot, task.number);
    Atomics.notify(this.signals.pauses, thread.slot);
    const check = () => {
      if (thread.task !== task || this.over) return;
      // Its exit is handled like that of any thread that dies.
      if (mayEnd(task)) void thread.worker.terminate();
      else setTimeout(check, STOP_MS).unref();
    };
    setTimeout(check, STOP_MS).unref();
  }

  /** Threads wait between the parts of their shards, or go on, as those need that compute now (`heldBack`). */
  holdBack(): void {
    const { pauses } = this.signals;
    const waiting = heldBack(this.tasks, { slots: this.slots, answering: this.answering !== undefined, mayWait });
    for (const { slot, task } of this.threads.values()) {
      const pause = task && waiting.includes(task) ? 1 : 0;
      if (Atomics.exchange(pauses, slot, pause) !== pause) Atomics.notify(pauses, slot);
    }
  }

  /** For so many milliseconds from now on, all shards but those of viewers wait. */
  holdBackFor(ms: number): void {
    clearTimeout(this.answering);
    this.answering = setTimeout(() => {
      this.answering = undefined;
      this.holdBack();
    }, ms).unref();
    this.holdBack();
  }

  /** Opens a kernel there and measures it. */
  open(thread: Thread, { kernel, kindName: work, use }: JobKernel): void {
    beforeOpening(thread, use);
    post(thread, { kind: 'open', work, kernel });
  }

  /** Not in the first thread, which measures kernels. */
  warm(work: string, what: unknown): void {
    const last = this.threads.get(this.slots - 1);
    if (last) post(last, { kind: 'warm', work, what });
  }

  /** Resolves when no thread has the scene any more. */
  async forget(key: string, collect: boolean): Promise<void> {
    const withScene = [...this.threads.values()].filter((thread) => thread.scenes.delete(key));
    await Promise.all(
      withScene.map(
        (thread) =>
          new Promise<void>((resolve) => {
            thread.forgotten.set(key, resolve);
            post(thread, { kind: 'forget', key, collect });
          }),
      ),
    );
  }

  /** Ends a spare thread without a shard, unless it is needed again soon. */
  retireSpare(thread: Thread): void {
    if (thread.slot < this.slots || thread.task) return;
    clearTimeout(thread.retiring);
    thread.retiring = setTimeout(() => {
      if (thread.task || this.over || this.threads.get(thread.slot) !== thread) return;
      this.threads.delete(thread.slot);
      forgetAll(thread);
      void thread.worker.terminate();
    }, thread.idleMs).unref();
  }

  /** Nothing is started or reported any more. */
  giveUp(): void {
    this.over = true;
  }

  async close(): Promise<void> {
    this.over = true;
    await Promise.all([...this.threads.values()].map(end));
  }

  private start(slot: number): Thread {
    const workerData: ThreadData = { shared: this.shared, slot, signals: this.signals, background: this.background };
    const worker = new Worker(this.script, { workerData, resourceLimits: { codeRangeSizeMb: CODE_MIB } });
    const thread: Thread = {
      worker,
      slot,
      up: false,
      device: false,
      task: undefined,
      scenes: new Set(),
      forgotten: new Map(),
      idleMs: IDLE_MS,
    };
    this.threads.set(slot, thread);
    worker.on('message', (message: FromThread) => this.answered(thread, message));
    worker.on('error', (error) => this.died(thread, error));
    worker.on('exit', (code) => this.died(thread, new Error(`it ended with exit code ${code}`)));
    return thread;
  }

  private answered(thread: Thread, message: FromThread): void {
    switch (message.kind) {
      case 'started':
        thread.up = true;
        if ([...this.threads.values()].every(({ up, slot }) => up || slot >= this.slots)) this.events.started();
        return;
      case 'opened':
      case 'unavailable':
        return this.events.opened(thread, message);
      case 'done':
        this.idleDeaths = 0;
        return this.events.freed(thread, message);
      case 'failed':
        return this.events.freed(thread, message);
      case 'stopped':
        return this.events.freed(thread);
      case 'forgotten':
        thread.forgotten.get(message.key)?.();
        thread.forgotten.delete(message.key);
        return;
      case 'closed':
        return;
    }
  }

  private died(thread: Thread, error: unknown): void {
    // An error is followed by the exit.
    if (this.over || this.threads.get(thread.slot) !== thread) return;
    const spare = thread.slot >= this.slots;
    if (!thread.up && !spare) return this.events.broken('a computing thread could not start', error);
    if (!thread.task && !spare && ++this.idleDeaths >= IDLE_DEATHS) {
      return this.events.broken('computing threads die', error);
    }
    this.threads.delete(thread.slot);
    try {
      if (!spare) this.start(thread.slot);
    } catch (failed) {
      return this.events.broken('a computing thread died, and none can take its place', failed);
    }
    forgetAll(thread);
    this.events.died(thread, error);
  }
}

function post(thread: Thread, message: ToThread): void {
  thread.worker.postMessage(message);
}

/** A thread has ended: resolves its pending requests to drop scenes. */
function forgetAll(thread: Thread): void {
  for (const forgotten of thread.forgotten.values()) forgotten();
  thread.forgotten.clear();
}

/** A thread with a device open must not be ended, since the driver may crash; nor one for whose table others wait. */
function mayEnd({ job, scene, assignment: { work } }: Task): boolean {
  return !job.use.device && scene.prepared.mayEnd(work);
}

/** A process would go on while its thread waits. */
function mayWait(task: Task): boolean {
  return !task.job.use.outside && mayEnd(task);
}

/** A thread is about to use a kernel. */
function beforeOpening(thread: Thread, use: KernelUse): void {
  use.beforeOpening?.();
  if (use.device) thread.device = true;
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
