/**
 * The workers of a fleet in one job: the job is opened on each, and those that cannot compute it, or compute other bits,
 * or failed, are left out of it. Decides when there are enough to begin, and when too few are left to go on.
 */

import { setImmediate } from 'node:timers/promises';
import { type Opened, PRIORITY, type Rank } from '../../cluster/messages.js';
import { FractalError } from '../../errors.js';
import type { Fleet, FleetEvent, JobOrder } from '../fleet/fleet.js';
import { noKernel, noWorker } from './no-worker.js';

export interface WorkersOptions {
  /** Names the job in the logs of workers. */
  readonly name: string;
  readonly kernel: string;
  /** What the kernel's fingerprint must be; absent: that of the first worker. */
  readonly fingerprint?: string;
  /** Jobs of the highest priority get free slots first, 0 to 100; absent: 50. */
  readonly priority?: number;
  /** Owners share the slots among jobs of one priority, by `Fleet.setOwner`; absent: the owner ''. */
  readonly owner?: string;
  /** No shard is assigned before so many workers are ready. */
  readonly minWorkers: number;
  /** Every worker must take part. */
  readonly strict: boolean;
  /** While no worker is there, but one may come, the job waits instead of failing with NO_WORKER. */
  readonly waits?: boolean;
  /** Whether the job may use a worker; absent: all of them. */
  takes?(worker: string): boolean;
}

/** What decides when a job is served, beside the order of their beginnings. */
export interface Standing {
  readonly priority: number;
  readonly owner: string;
}

export interface JobWorker {
  readonly name: string;
  readonly slots: number;
  /** Iterations a second and slot. */
  readonly speed: number;
  /** Describes what its kernel runs on. */
  readonly detail: string;
  readonly fingerprint: string;
  /** Digests of the assets of the job that it has already. */
  readonly held: readonly string[];
}

export interface WorkersEvents {
  /** The job is open on it. */
  opened(worker: JobWorker): void;
  /** Shards can be assigned to it from now on. */
  available(worker: JobWorker): void;
  /** It was lost, or drained, or is left out: it has no shards any more. `fault`: it violated the protocol. */
  left(worker: string, how: 'lost' | 'drained' | 'left out', reason: string, fault: boolean): void;
  draining(worker: string): void;
  /** It was draining, and takes shards again. */
  resumed(worker: string): void;
  /** The job cannot go on. */
  failed(error: FractalError): void;
  send(worker: string, order: JobOrder): void;
  /** The rank that workers get. */
  rank(standing: Standing): Rank;
  /** A line about the workers of the job. */
  note(text: string): void;
}

/** A worker that does not answer Open for so long is left out; a graphics driver may need some time. */
const OPEN_MS = 30_000;
/** Workers that get their first shards in one turn of the event loop. */
const GROUP = 32;
/** Why it is not waited for. */
const NOT_FOR_THIS = 'the job does not use it';

export class JobWorkers {
  /** The job is open on it. */
  private readonly open = new Map<string, JobWorker>();
  /** Of those, together: it is read with each answer. */
  private openSlots = 0;
  /** Workers to which Open was sent: their slots, and the timer of the time-out. */
  private readonly opening = new Map<string, { readonly slots: number; readonly timer: NodeJS.Timeout }>();
  /** Workers that are not waited for, with the reason. */
  private readonly missing = new Map<string, string>();
  /** Those of them that take no further part in the job. */
  private readonly leftOut = new Set<string>();
  private readonly drained = new Set<string>();
  private fingerprint: string | undefined;
  private standing: Standing;
  private begun = false;
  private waiting = false;
  private over = false;
  /** Whether there is something to compute, as far as is known. */
  private needed: boolean;

  /** `assets`: the digests that the job's scenes name. */
  constructor(
    private readonly fleet: Fleet,
    private readonly options: WorkersOptions,
    private readonly assets: readonly string[],
    needed: boolean,
    private readonly events: WorkersEvents,
  ) {
    this.fingerprint = options.fingerprint;
    this.standing = { priority: options.priority ?? PRIORITY.default, owner: options.owner ?? '' };
    this.needed = needed;
  }

  /** Opens the job on the workers of the fleet that are ready. */
  start(): void {
    for (const { name, state, slots, reason = '' } of this.fleet.workers) {
      if (!this.takes(name)) this.missing.set(name, NOT_FOR_THIS);
      else if (state === 'ready') this.requestOpen(name, slots);
      if (state === 'given up' || state === 'left out') this.missing.set(name, reason);
    }
    this.checkEnough();
  }

  get size(): number {
    return this.open.size;
  }

  get slots(): number {
    return this.openSlots;
  }

  /** Workers that take part, or may yet. */
  get known(): number {
    return this.fleet.size - this.missing.size;
  }

  get names(): string[] {
    return [...this.open.keys()];
  }

  has(name: string): boolean {
    return this.open.has(name);
  }

  reasonLeftOut(name: string): string | undefined {
    return this.leftOut.has(name) ? this.missing.get(name) : undefined;
  }

  on(event: FleetEvent): void {
    if (this.over) return;
    switch (event.kind) {
      case 'joined':
        if (!this.takes(event.worker)) this.missing.set(event.worker, NOT_FOR_THIS);
        else if (!this.leftOut.has(event.worker)) this.requestOpen(event.worker, event.slots);
        return;
      case 'draining':
        if (this.leftOut.has(event.worker)) return;
        this.events.note(`${event.worker} is draining`);
        this.drained.add(event.worker);
        return this.events.draining(event.worker);
      case 'resumed':
        return this.resumed(event.worker, event.slots);
      case 'disconnected':
        return this.lost(event.worker, event.reason, event.fault);
      case 'given up':
        return this.givenUp(event.worker, event.reason, event.refused);
      case 'left out':
        if (event.duplicate) this.events.note(`${event.worker} is left out: ${event.reason}`);
        this.missing.set(event.worker, event.reason);
        return this.checkEnough();
      case 'forgotten':
        this.missing.delete(event.worker);
        return this.checkEnough();
      case 'warned':
        return this.events.note(`${event.worker} cannot join so far: ${event.reason}`);
      case 'sealed':
        return this.checkEnough();
      case 'closed':
        return this.events.failed(new FractalError('NO_WORKER', 'the fleet was closed while the job ran'));
    }
  }

  /** A worker opened the job. Returns the fault if no Open was sent to it. */
  opened(name: string, opened: Opened): string | undefined {
    const opening = this.opening.get(name);
    if (!opening) return `it sent Opened without an Open`;
    this.removeOpening(name);
    const wrong = this.validate(opened);
    if (wrong) {
      this.refuse(name, wrong);
      return undefined;
    }
    this.fingerprint ??= opened.fingerprint;
    this.missing.delete(name);
    this.drained.delete(name);
    this.waiting = false;
    const { speed, detail, fingerprint, held } = opened;
    const worker = { name, slots: Math.min(opening.slots, opened.slots), speed, detail, fingerprint, held };
    this.remove(name);
    this.open.set(name, worker);
    this.openSlots += worker.slots;
    this.events.note(`${name} joined: ${worker.slots} slot${worker.slots > 1 ? 's' : ''}, ${detail}`);
    this.events.opened(worker);
    if (this.begun) this.events.available(worker);
    else if (this.open.size >= this.options.minWorkers) {
      this.begun = true;
      void this.begin([...this.open.values()]);
    }
    return undefined;
  }

  /** In groups: if thousands got their first shards in one turn of the event loop, their heartbeats would be read too late. */
  private async begin(workers: readonly JobWorker[]): Promise<void> {
    for (const [k, worker] of workers.entries()) {
      if (k > 0 && k % GROUP === 0) await setImmediate();
      // It may have been lost meanwhile, or be back and available already.
      if (this.open.get(worker.name) === worker) this.events.available(worker);
    }
  }

  /** The worker cannot take part, or must not. */
  refuse(name: string, reason: string): void {
    this.removeOpening(name);
    this.leave(name, reason);
    this.events.note(`${name} is left out: ${reason}`);
    this.checkStrict(name, reason);
  }

  /** The scheduler takes no more answers from it. */
  expel(name: string, reason: string): void {
    this.events.note(`${name} is left out: ${reason}`);
    this.leave(name, reason);
    this.checkEnough();
  }

  get owner(): string {
    return this.standing.owner;
  }

  get priority(): number {
    return this.standing.priority;
  }

  /** Changes the standing of the job, or states the same one again: the weight of its owner is another one. */
  rank(changes: Partial<Standing> = {}): void {
    this.standing = { ...this.standing, ...changes };
    const rank = this.events.rank(this.standing);
    for (const name of [...this.open.keys(), ...this.opening.keys()])
      this.events.send(name, { kind: 'priority', ...rank });
  }

  /** Something has to be computed: some pixels are missing. */
  need(): void {
    if (this.needed) return;
    this.needed = true;
    this.checkEnough();
  }

  /** The job is over: closes it wherever it is open or being opened. */
  close(metrics: boolean): void {
    if (this.over) return;
    this.over = true;
    for (const name of [...this.open.keys(), ...this.opening.keys()])
      this.events.send(name, { kind: 'close', metrics });
    for (const name of [...this.opening.keys()]) this.removeOpening(name);
  }

  private takes(name: string): boolean {
    return this.options.takes?.(name) ?? true;
  }

  /** The job may have begun while the worker was drained. */
  private resumed(name: string, slots: number): void {
    if (!this.takes(name) || this.leftOut.has(name)) return;
    this.drained.delete(name);
    if (this.open.has(name)) return this.events.resumed(name);
    if (!this.opening.has(name)) this.requestOpen(name, slots);
  }

  private requestOpen(name: string, slots: number): void {
    const { assets } = this;
    const { name: job, kernel } = this.options;
    const late = `it did not open the job within ${OPEN_MS / 1000} seconds`;
    const timer = setTimeout(() => this.refuse(name, late), OPEN_MS);
    this.opening.set(name, { slots, timer });
    this.missing.delete(name);
    this.events.send(name, { kind: 'open', name: job, kernel, assets, ...this.events.rank(this.standing) });
  }

  private validate({ kernel, fingerprint, slots }: Opened): string | undefined {
    const { options, fingerprint: expected = fingerprint } = this;
    if (kernel !== options.kernel) return `it offers the ${kernel} kernel, the job needs ${options.kernel}`;
    if (slots === 0) return `it has no slots for the ${kernel} kernel`;
    if (expected === fingerprint) return undefined;
    return `its ${kernel} kernel computes other bits (fingerprint ${fingerprint.slice(0, 12)}, not ${expected.slice(0, 12)})`;
  }

  private lost(name: string, reason: string, fault: boolean): void {
    if (this.opening.has(name)) this.events.note(`${name} was lost (${reason}) before it opened the job`);
    this.removeOpening(name);
    if (!this.remove(name)) return;
    const drained = this.drained.has(name);
    this.events.note(drained ? `${name} left` : `${name} was lost (${reason}): its shards go to others`);
    this.events.left(name, drained ? 'drained' : 'lost', reason, fault);
  }

  private givenUp(name: string, reason: string, refused: boolean): void {
    if (this.leftOut.has(name)) return;
    this.missing.set(name, reason);
    if (refused) this.events.note(`${name} is left out: ${reason}`);
    this.checkStrict(name, reason);
  }

  private leave(name: string, reason: string): void {
    const wasOpen = this.remove(name);
    this.missing.set(name, reason);
    this.leftOut.add(name);
    this.events.send(name, { kind: 'close', metrics: false });
    if (wasOpen) this.events.left(name, 'left out', reason, false);
  }

  private checkStrict(name: string, reason: string): void {
    if (this.options.strict && !this.drained.has(name)) {
      const why = `${name} is missing (${reason}), and --strict requires every worker`;
      this.events.failed(new FractalError('WORKER_MISSING', why));
    } else this.checkEnough();
  }

  /** Fails the job if too few workers are left. */
  private checkEnough(): void {
    const { minWorkers, kernel } = this.options;
    const fewest = this.begun ? 1 : Math.max(1, minWorkers);
    if (!this.fleet.isSealed || !this.needed || this.over || this.known >= fewest) return;
    const withoutKernel = this.begun || kernel === 'simd' ? undefined : noKernel(this.missing, kernel);
    const error = withoutKernel ?? noWorker(this.missing, this.known, fewest);
    if (withoutKernel || !this.options.waits || !this.mayCome()) return this.events.failed(error);
    if (!this.waiting) this.events.note(`${error.message}: the job waits`);
    this.waiting = true;
  }

  /** Whether workers of the fleet are still dialled, or it has none yet. */
  private mayCome(): boolean {
    return this.fleet.size === 0 || [...this.missing.keys()].some((name) => this.isDialled(name));
  }

  private isDialled(name: string): boolean {
    return (
      this.takes(name) &&
      !this.leftOut.has(name) &&
      this.fleet.workers.some((one) => one.name === name && one.state !== 'left out')
    );
  }

  /** Returns whether the job was open on it. */
  private remove(name: string): boolean {
    this.openSlots -= this.open.get(name)?.slots ?? 0;
    return this.open.delete(name);
  }

  private removeOpening(name: string): void {
    clearTimeout(this.opening.get(name)?.timer);
    this.opening.delete(name);
  }
}
