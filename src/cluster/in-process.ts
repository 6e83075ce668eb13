/**
 * The transport between a leader and the workers in its own process: messages are passed as objects, in order, each
 * in its own turn of the event loop. A sender must not change a message afterwards.
 */

import { weightOf } from '../work/weight.js';
import type { ToLeader, ToWorker } from './messages.js';
import { tracer } from './trace.js';
import { Traffic } from './traffic.js';
import type { LeaderLink, Link, WorkerLink } from './transport.js';

/** Both ends of a session. `peer`: names the worker in a trace. */
export function linkInProcess(peer: string): { readonly leader: LeaderLink; readonly worker: WorkerLink } {
  const leader = new End<ToWorker, ToLeader>(false, peer);
  const worker = new End<ToLeader, ToWorker>(true, 'leader');
  leader.other = worker;
  worker.other = leader;
  return { leader, worker };
}

class End<Out extends ToWorker | ToLeader, In> implements Link<Out, In> {
  readonly traffic = new Traffic();
  private readonly trace: ReturnType<typeof tracer>;
  declare other: End<In & (ToWorker | ToLeader), Out>;
  private handlers: Parameters<Link<Out, In>['listen']>[0] | undefined;
  private readonly due: (() => void)[] = [];
  private over = false;

  /** `last`: the end of this side ends the session for both. `peer`: the other side, in a trace. */
  constructor(
    private readonly last: boolean,
    peer: string,
  ) {
    this.trace = tracer(peer);
  }

  async send(message: Out): Promise<void> {
    if (this.over) return;
    const { job, bytes } = payloadOf(message);
    this.trace?.('sent', message);
    this.traffic.count('sent', job, bytes);
    this.other.arrive(() => {
      this.other.traffic.count('received', job, bytes);
      this.other.trace?.('received', message);
      this.other.handlers?.message(message);
    });
  }

  end(): void {
    this.other.arrive(() => this.other.finish());
    if (this.last) this.arrive(() => this.finish(new Error('the leader closed the connection')));
  }

  close(reason = 'the worker closed the connection'): void {
    if (this.over) return;
    this.other.drop(new Error(this.last ? reason : 'the leader closed the connection'));
    this.drop(new Error('closed on this side'));
  }

  listen(handlers: Parameters<Link<Out, In>['listen']>[0]): void {
    this.handlers = handlers;
    for (const _ of this.due) setImmediate(() => this.next());
  }

  private arrive(what: () => void): void {
    if (this.over) return;
    this.due.push(what);
    if (this.handlers) setImmediate(() => this.next());
  }

  private next(): void {
    this.due.shift()?.();
  }

  /** Messages that have not arrived are dropped. */
  private drop(error: Error): void {
    this.due.length = 0;
    this.arrive(() => this.finish(error));
  }

  private finish(error?: Error): void {
    if (this.over) return;
    this.over = true;
    this.due.length = 0;
    this.handlers?.ended(error);
  }
}

/** Payload bytes of a message (scenes, assets, results), and its job. */
function payloadOf(message: ToWorker | ToLeader): { readonly job: number; readonly bytes: number } {
  switch (message.kind) {
    case 'result':
    case 'asset':
      return { job: message.job, bytes: message.bytes.byteLength };
    case 'scene':
      return { job: message.job, bytes: weightOf(message.scene) };
    default:
      return { job: 0, bytes: 0 };
  }
}
