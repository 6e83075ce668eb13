/**
 * The workers of a leader: dialled, checked, and dialled again after they are lost. A fleet may outlive many jobs.
 * Jobs run on it at the same time, each in its own part of the sessions. If a worker is left out of one job (its kernel is
 * missing, it was outvoted), other jobs still use it.
 */

import { BOUNDS } from '../../cluster/bounds.js';
import type { FromJob, Rank, Ready, ToJob, UnderWay } from '../../cluster/messages.js';
import type { Bytes } from '../../cluster/traffic.js';
import { type Address, addressText } from '../../cluster/transport.js';
import { FractalError } from '../../errors.js';
import { Connection, type ConnectionOptions, type FromWorker } from './connection.js';
import { Owners, type Terms } from './owners.js';
import { type Claimant, Quotas } from './quotas.js';
import { Unconfirmed } from './unconfirmed.js';

/** A worker to be dialled, as a hostfile names it. */
export interface Target {
  readonly address: Address;
  /** At most so many of its slots; 0: all that it has. */
  readonly slots: number;
}

export interface FleetOptions extends ConnectionOptions {
  /** At most so many slots altogether; 0: all. */
  readonly maxSlots: number;
}

/** `given up`: still dialled, but not waited for. `left out`: not dialled any more. */
export type WorkerState = 'dialling' | 'ready' | 'draining' | 'given up' | 'left out';

export interface FleetWorker {
  /** host:port. */
  readonly name: string;
  readonly state: WorkerState;
  /** That the fleet uses; 0 while the worker is not ready. */
  readonly slots: number;
  /** Assignments under way there, of all jobs of this leader. */
  readonly shards: number;
  /** Of its program, when it was ready last. */
  readonly version?: string;
  /** Why it was given up or left out. */
  readonly reason?: string;
}

export type FleetEvent =
  | { readonly kind: 'joined'; readonly worker: string; readonly slots: number }
  /** It takes no more shards and finishes those it has. */
  | { readonly kind: 'draining'; readonly worker: string }
  /** It was drained, and takes shards again. */
  | { readonly kind: 'resumed'; readonly worker: string; readonly slots: number }
  /** It was ready, and is dialled again. `fault`: it sent what the protocol does not allow. */
  | { readonly kind: 'disconnected'; readonly worker: string; readonly reason: string; readonly fault: boolean }
  /** Not waited for any longer. `refused`: one side does not accept the other. */
  | { readonly kind: 'given up'; readonly worker: string; readonly reason: string; readonly refused: boolean }
  /** Its slots are not needed, or it is another one's second address. */
  | { readonly kind: 'left out'; readonly worker: string; readonly reason: string; readonly duplicate: boolean }
  /** It was registered and never ready, and its place was needed for another one. */
  | { readonly kind: 'forgotten'; readonly worker: string }
  /** It is dialled again and again, and something seems to be wrong. */
  | { readonly kind: 'warned'; readonly worker: string; readonly reason: string }
  /** All workers are added. */
  | { readonly kind: 'sealed' }
  | { readonly kind: 'closed' };

/** What a worker sends about a job. */
export type JobMessage = FromJob | ({ readonly kind: 'heartbeat' } & Omit<UnderWay, 'job'>);

/** A message to a worker about a job; the channel adds the number of the job. */
export type JobOrder = ToJob extends infer M ? (M extends ToJob ? Omit<M, 'job'> : never) : never;

/** A job's part of the sessions with all workers. */
export interface JobChannel {
  /** Resolves when the connection can take the next message. Drops the message when the worker is not ready. */
  send(worker: string, order: JobOrder): Promise<void>;
  /** Payload of this job. */
  traffic(worker: string): Bytes;
  /** A shard was answered: earlier failures of its connection do not count. */
  resetBackoff(worker: string): void;
  /** The worker sent what the protocol does not allow: it is disconnected. */
  fault(worker: string, reason: string): void;
  /** Of a job of this owner and priority. */
  rank(owner: string, priority: number): Rank;
  /** What the job uses or wants may have changed, or its priority, or that it belongs to this owner. */
  changed(owner: string): void;
  /** Messages that are still on their way are dropped. */
  detach(): void;
}

/** What a fleet calls in a job. */
export interface JobClient extends Claimant {
  on(event: FleetEvent): void;
  message(worker: string, message: JobMessage): void;
  /** Why a worker takes no part in this job, if so. */
  leftOut(worker: string): string | undefined;
  /** Assignments that the job has under way on a worker. */
  underWayOn(worker: string): number;
  /** An owner has other terms. */
  ownerChanged(owner: string): void;
}

export interface Fleet {
  /**
   * Dials a new worker, or a known one at once; returns why it cannot take part, if so. `caller`: the host that registered
   * it, for which the number of addresses without a worker is bounded; absent: the user named it.
   */
  add(target: Target, caller?: string): string | undefined;
  /** All workers are added: from now on a job without a worker to wait for ends with NO_WORKER. */
  sealed(): void;
  readonly isSealed: boolean;
  readonly workers: readonly FleetWorker[];
  /** Their number. */
  readonly size: number;
  /**
   * The worker finishes its shards and gets no more, until its process is another one. Idempotent. false: no worker of this
   * name is ready.
   */
  drain(worker: string): boolean;
  /**
   * Undoes `drain`: the worker gets shards again, in all jobs. Idempotent. false: no worker of this name is drained or ready,
   * or its own process is ending.
   */
  undrain(worker: string): boolean;
  /** Returns a function that ends the subscription. */
  subscribe(listener: (event: FleetEvent) => void): () => void;
  /** For the jobs of this owner, running and to come. @throws FractalError REQUEST_INVALID for a number beyond its range */
  setOwner(owner: string, terms: Partial<Terms>): void;
  /** For startJob. @throws FractalError RESOURCES when too many jobs are running */
  attach(client: JobClient): JobChannel;
  /** Disconnects all workers, for good. Running jobs fail. */
  close(): void;
}

interface Member {
  readonly connection: Connection;
  state: WorkerState;
  slots: number;
  instance: string;
  /** The instance that `drain` was called for. */
  drained?: string | undefined;
  /** Its process ends: it sent that it is draining. */
  isEnding: boolean;
  version?: string;
  reason?: string | undefined;
}

const MOST_WORKERS = 65_536;

export function openFleet(options: FleetOptions): Fleet {
  const members = new Map<string, Member>();
  const jobs = new Map<number, JobClient>();
  const listeners = new Set<(event: FleetEvent) => void>();
  const owners = new Owners();
  const quotas = new Quotas(() => jobs.values(), owners);
  let latestJob = 0;
  let isSealed = false;
  let isClosed = false;
  const events = { joined, message, disconnected, givenUp, warned };
  const dialling = (name: string) => members.get(name)?.connection.linked ?? false;
  const unconfirmed = new Unconfirmed({ ...BOUNDS.unconfirmed, now: options.now, dialling, forget });

  function add({ address, slots }: Target, caller?: string): string | undefined {
    if (isClosed) return 'the leader ends';
    const name = addressText(address);
    if (caller === undefined) unconfirmed.confirm(name);
    const known = members.get(name);
    if (known?.state === 'left out') return known.reason;
    if (known) {
      known.connection.redial();
      return leftOutByAll(name);
    }
    if (members.size >= MOST_WORKERS) return `${members.size} workers are known already`;
    const full = caller === undefined ? undefined : unconfirmed.add(name, caller);
    if (full !== undefined) return full;
    const connection = new Connection(address, slots, options, events, () => jobs.keys());
    members.set(name, { connection, state: 'dialling', slots: 0, instance: '', isEnding: false });
    connection.dial();
    return undefined;
  }

  function forget(name: string): void {
    members.get(name)?.connection.stop();
    members.delete(name);
    emit({ kind: 'forgotten', worker: name });
  }

  /** Why none of the running jobs has this worker. */
  function leftOutByAll(name: string): string | undefined {
    const reasons = [...jobs.values()].map((job) => job.leftOut(name));
    return reasons.every((reason) => reason !== undefined) ? reasons[0] : undefined;
  }

  function joined({ name }: Connection, ready: Ready): void {
    const member = members.get(name) as Member;
    const { used, same } = othersOf(name, ready.instance);
    // As two workers it would confirm its own answers.
    if (same !== undefined) return leaveOut(name, `it is the same worker as ${same}`, true);
    unconfirmed.confirm(name);
    const slots = options.maxSlots > 0 ? Math.min(ready.slots, options.maxSlots - used) : ready.slots;
    if (slots <= 0) {
      const why = ready.slots > 0 ? 'the job has all the slots that it may use' : 'it has no slots';
      return leaveOut(name, why, false);
    }
    const isDrained = member.drained === ready.instance;
    const state: WorkerState = isDrained ? 'draining' : 'ready';
    const { instance, version } = ready;
    Object.assign(member, { state, slots, instance, version, reason: undefined, isEnding: false });
    if (!isDrained) emit({ kind: 'joined', worker: name, slots });
  }

  /** Slots of the other workers, and the one of them that is this process. */
  function othersOf(name: string, instance: string): { readonly used: number; readonly same: string | undefined } {
    let [used, same]: [number, string | undefined] = [0, undefined];
    for (const [other, member] of members) {
      if (other === name || member.slots === 0) continue;
      used += member.slots;
      if (instance !== '' && member.instance === instance) same ??= other;
    }
    return { used, same };
  }

  function drain(name: string): boolean {
    const member = members.get(name);
    if (member?.state === 'draining') return true;
    if (member?.state !== 'ready') return false;
    Object.assign(member, { state: 'draining', drained: member.instance });
    emit({ kind: 'draining', worker: name });
    return true;
  }

  function undrain(name: string): boolean {
    const member = members.get(name);
    if (!member || member.isEnding) return false;
    if (member.drained === undefined) return member.state === 'ready';
    member.drained = undefined;
    // Not connected, it is ready when it is back.
    if (member.state !== 'draining') return true;
    member.state = 'ready';
    emit({ kind: 'resumed', worker: name, slots: member.slots });
    return true;
  }

  function ended(member: Member): void {
    member.isEnding = true;
    if (member.state === 'ready') member.state = 'draining';
  }

  function message({ name }: Connection, received: FromWorker): void {
    switch (received.kind) {
      case 'draining':
        ended(members.get(name) as Member);
        return emit({ kind: 'draining', worker: name });
      case 'heartbeat':
        for (const { job, ...underWay } of received.jobs)
          jobs.get(job)?.message(name, { kind: 'heartbeat', ...underWay });
        return;
      default:
        // A message for a job that is over was sent before the worker received Close.
        jobs.get(received.job)?.message(name, received);
    }
  }

  function disconnected({ name }: Connection, reason: string, fault: boolean): void {
    Object.assign(members.get(name) as Member, { state: 'dialling', slots: 0 });
    emit({ kind: 'disconnected', worker: name, reason, fault });
  }

  function givenUp({ name }: Connection, reason: string, refused: boolean): void {
    Object.assign(members.get(name) as Member, { state: refused ? 'left out' : 'given up', slots: 0, reason });
    emit({ kind: 'given up', worker: name, reason, refused });
  }

  function warned({ name }: Connection, reason: string): void {
    emit({ kind: 'warned', worker: name, reason });
  }

  function leaveOut(name: string, reason: string, duplicate: boolean): void {
    const member = members.get(name) as Member;
    Object.assign(member, { state: 'left out', slots: 0, reason });
    member.connection.stop();
    emit({ kind: 'left out', worker: name, reason, duplicate });
  }

  function emit(event: FleetEvent): void {
    for (const job of [...jobs.values()]) job.on(event);
    for (const listener of [...listeners]) listener(event);
  }

  function attach(client: JobClient): JobChannel {
    if (isClosed) throw new FractalError('NO_WORKER', 'the fleet is closed');
    if (jobs.size >= BOUNDS.jobs) {
      throw new FractalError('RESOURCES', `${jobs.size} jobs run already: start this one when one of them is done`);
    }
    const job = ++latestJob;
    jobs.set(job, client);
    return {
      send: async (worker, order) => members.get(worker)?.connection.send({ ...order, job } as ToJob),
      traffic: (worker) => members.get(worker)?.connection.traffic(job) ?? { sent: 0, received: 0 },
      resetBackoff: (worker) => members.get(worker)?.connection.resetBackoff(),
      fault: (worker, reason) => members.get(worker)?.connection.fault(reason),
      rank: (owner, priority) => owners.rankOf(owner, priority),
      changed(owner) {
        if (owners.termsOf(owner).maxSlots > 0) quotas.divide(owner);
      },
      detach() {
        jobs.delete(job);
        quotas.divide(client.owner);
        for (const { connection } of members.values()) connection.forget(job);
      },
    };
  }

  return {
    add,
    sealed() {
      isSealed = true;
      emit({ kind: 'sealed' });
    },
    get isSealed() {
      return isSealed;
    },
    get workers() {
      return [...members].map(([name, { state, slots, version, reason }]) => ({
        name,
        state,
        slots,
        shards: [...jobs.values()].reduce((sum, job) => sum + job.underWayOn(name), 0),
        ...(version === undefined ? {} : { version }),
        ...(reason === undefined ? {} : { reason }),
      }));
    },
    get size() {
      return members.size;
    },
    ...{ drain, undrain },
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    setOwner(owner, terms) {
      owners.set(owner, terms);
      for (const job of jobs.values()) job.ownerChanged(owner);
      quotas.divide(owner);
    },
    attach,
    close() {
      if (isClosed) return;
      isClosed = true;
      emit({ kind: 'closed' });
      for (const { connection } of members.values()) connection.stop();
    },
  };
}
