/**
 * The transport between a leader and the workers in its own process: messages are handed over as they are, in order, each
 * in a turn of its own. Whoever sends one does not touch it again.
 */

import { weightOf } from '../work/weight.js';
import type { ToLeader, ToWorker } from './messages.js';
import type { LeaderLink, Link, WorkerLink } from './transport.js';

/** Both ends of a session. */
export function linkWithin(): { readonly leader: LeaderLink; readonly worker: WorkerLink } {
  const leader = new End<ToWorker, ToLeader>(false);
  const worker = new End<ToLeader, ToWorker>(true);
  leader.other = worker;
  worker.other = leader;
  return { leader, worker };
}

class End<Out extends ToWorker | ToLeader, In> implements Link<Out, In> {
  sent = 0;
  received = 0;
  declare other: End<In & (ToWorker | ToLeader), Out>;
  private handlers: Parameters<Link<Out, In>['listen']>[0] | undefined;
  private readonly due: (() => void)[] = [];
  private over = false;

  /** `last`: what this side says last is the end of the session for both. */
  constructor(private readonly last: boolean) {}

  async send(message: Out): Promise<void> {
    if (this.over) return;
    const bytes = payloadOf(message);
    this.sent += bytes;
    this.other.arrive(() => {
      this.other.received += bytes;
      this.other.handlers?.message(message);
    });
  }

  end(): void {
    this.other.arrive(() => this.other.finish());
    if (this.last) this.arrive(() => this.finish(new Error('the leader went away')));
  }

  close(reason = 'the worker broke off'): void {
    if (this.over) return;
    this.other.drop(new Error(this.last ? reason : 'the leader went away'));
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

  /** Nothing that is still on its way arrives. */
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

/** Bytes that would have to travel: those of scenes, assets and results. */
function payloadOf(message: ToWorker | ToLeader): number {
  switch (message.kind) {
    case 'result':
    case 'asset':
      return message.bytes.byteLength;
    case 'scene':
      return weightOf(message.scene);
    default:
      return 0;
  }
}
