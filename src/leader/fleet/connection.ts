/**
 * The connection to one worker: dialled until it answers, checked, and dialled again after it is lost. Waits between dials
 * grow and are jittered. A worker that sends nothing is lost even if its connection stays open. This file has nothing to
 * do with jobs and shards.
 */

import { PROTOCOL, type Ready, type ToLeader, type ToWorker } from '../../cluster/messages.js';
import { otherBuild, type Program } from '../../cluster/program.js';
import type { Bytes } from '../../cluster/traffic.js';
import { type Address, addressText, type Dialer, type LeaderLink, Refusal } from '../../cluster/transport.js';
import { FractalError } from '../../errors.js';

export interface ConnectionOptions extends Program {
  readonly dialer: Dialer;
  /** Names the leader's session in the logs of workers. */
  readonly session: string;
  /** Dials in a row without an answer before the worker is given up: still dialled, but no longer waited for. */
  readonly retries: number;
  readonly random: () => number;
  /** Monotonic milliseconds. */
  readonly now: () => number;
}

/** What a worker sends once it is ready. */
export type FromWorker = Exclude<ToLeader, Ready | { readonly kind: 'refused' }>;

export interface ConnectionEvents {
  joined(connection: Connection, ready: Ready): void;
  message(connection: Connection, message: FromWorker): void;
  /** It was ready, and is not any more. It is dialled again. `fault`: it sent what the protocol does not allow. */
  disconnected(connection: Connection, reason: string, fault: boolean): void;
  /**
   * It is not waited for any longer. `refused`: because one side does not accept the other; then it is not dialled any
   * more.
   */
  givenUp(connection: Connection, reason: string, refused: boolean): void;
  /** Several dials in a row were refused; it is still dialled. */
  warned(connection: Connection, reason: string): void;
}

const FIRST_WAIT_MS = 100;
const GROWTH = 1.6;
const LONGEST_WAIT_MS = 5_000;
/** Refusals in a row, though perhaps not final, after which there is a warning. */
const REFUSALS_TO_WARN = 3;
/** Sessions in a row that end with PROTOCOL, without an answer to a shard between, after which a worker is left out. */
const FAULTS = 3;
/** Between dials of a worker that was given up. */
const GIVEN_UP_WAIT_MS = 30_000;
/** A worker that sends no Ready for so long after Hello is lost. */
const READY_MS = 30_000;
/** The stall timeout of a worker that is ready: it should have sent several heartbeats. */
const STALL_MS = 5_000;
const CHECK_MS = 250;

export class Connection {
  readonly name: string;
  /** Set while the worker is ready. */
  ready: Ready | undefined;
  stopped = false;
  private link: LeaderLink | undefined;
  private timer: NodeJS.Timeout | undefined;
  private watch: NodeJS.Timeout | undefined;
  private silentMs = 0;
  private failures = 0;
  private faults = 0;
  private isGivenUp = false;
  /** Payload of links that have ended, by job. */
  private readonly closedLinks = new Map<number, Bytes>();

  constructor(
    readonly address: Address,
    /** At most so many of its slots; 0: all that it has. */
    readonly slots: number,
    private readonly options: ConnectionOptions,
    private readonly events: ConnectionEvents,
    /** The numbers of jobs whose traffic may be asked for. */
    private readonly jobs: () => Iterable<number> = () => [],
  ) {
    this.name = addressText(address);
  }

  dial(): void {
    const { dialer, version, build, session } = this.options;
    const link = dialer.dial(this.address);
    this.link = link;
    this.timer = setTimeout(() => this.disconnected(link, 'no answer to Hello'), READY_MS);
    link.listen({
      message: (message) => {
        this.silentMs = 0;
        if (this.link === link) this.received(message, link);
      },
      ended: (error) => this.disconnected(link, error?.message ?? 'it ended the session', error),
    });
    void link.send({ kind: 'hello', protocol: PROTOCOL, version, build, session, slots: this.slots });
  }

  /** The worker registered: dials at once instead of waiting. */
  redial(): void {
    if (this.stopped || this.link) return;
    clearTimeout(this.timer);
    this.failures = 0;
    this.dial();
  }

  /** Whether a dial or a session is in progress. */
  get linked(): boolean {
    return this.link !== undefined;
  }

  /** Resolves when the connection can take the next message. */
  async send(message: ToWorker): Promise<void> {
    await this.link?.send(message);
  }

  /** Payload of this job so far, over all links. */
  traffic(job: number): Bytes {
    const [past, now] = [this.closedLinks.get(job), this.link?.traffic.ofJob(job)];
    return { sent: (past?.sent ?? 0) + (now?.sent ?? 0), received: (past?.received ?? 0) + (now?.received ?? 0) };
  }

  /** The traffic of this job is not read any more. */
  forget(job: number): void {
    this.closedLinks.delete(job);
    this.link?.traffic.forget(job);
  }

  /** Ends the connection permanently. */
  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
    const { link } = this;
    this.detach();
    link?.close();
  }

  /** A shard was answered: the connection works, earlier failures do not count. */
  resetBackoff(): void {
    this.failures = 0;
    this.faults = 0;
  }

  /** It sent what the protocol does not allow: it is disconnected, and dialled again. */
  fault(reason: string): void {
    if (this.link) this.disconnected(this.link, reason, new FractalError('PROTOCOL', reason));
  }

  private received(message: ToLeader, link: LeaderLink): void {
    if (message.kind === 'refused') return this.giveUp(message.reason);
    if (message.kind === 'ready') return this.handleReady(message, link);
    if (!this.ready && message.kind !== 'draining') return this.fault(`it sent ${message.kind} before it was ready`);
    this.events.message(this, message);
  }

  private handleReady(ready: Ready, link: LeaderLink): void {
    if (this.ready) return this.fault('it sent Ready twice');
    clearTimeout(this.timer);
    const skew = this.skewOf(ready);
    if (skew) return this.giveUp(skew);
    this.ready = ready;
    this.isGivenUp = false;
    this.watchSilence(link);
    this.events.joined(this, ready);
  }

  /** Any bytes sent or received show that the worker is alive: a large scene delays the messages after it. */
  private watchSilence(link: LeaderLink): void {
    let lastBytes = 0;
    let lastCheck = this.options.now();
    this.silentMs = 0;
    this.watch = setInterval(() => {
      const now = this.options.now();
      // While this process was stopped it received nothing: that time must not count as silence of the worker.
      this.silentMs += Math.min(now - lastCheck, 2 * CHECK_MS);
      lastCheck = now;
      const { sent, received } = link.traffic;
      if (sent + received !== lastBytes) this.silentMs = 0;
      lastBytes = sent + received;
      if (this.silentMs >= STALL_MS) this.disconnected(link, `silent for ${STALL_MS / 1000} seconds`);
    }, CHECK_MS);
  }

  /** How the worker's program differs, if it does. */
  private skewOf(ready: Ready): string | undefined {
    const { version, build } = this.options;
    if (ready.protocol !== PROTOCOL) {
      return `it speaks protocol ${ready.protocol} (version ${ready.version}), this leader ${PROTOCOL} (version ${version})`;
    }
    if (ready.version !== version) return `it is version ${ready.version}, this leader ${version}`;
    return ready.build === build ? undefined : otherBuild('it is', ready.build, 'this leader', build);
  }

  private giveUp(reason: string): void {
    const wasReady = this.ready !== undefined;
    this.stop();
    if (wasReady) this.events.disconnected(this, reason, false);
    this.events.givenUp(this, reason, true);
  }

  private disconnected(link: LeaderLink, reason: string, error?: Error): void {
    if (this.link !== link) return;
    if (error instanceof Refusal && error.final) return this.giveUp(reason);
    clearTimeout(this.timer);
    const wasReady = this.ready !== undefined;
    this.detach();
    link.close();
    const fault = error instanceof FractalError && error.code === 'PROTOCOL';
    if (wasReady) this.events.disconnected(this, reason, fault);
    if (this.stopped) return;
    if (fault && ++this.faults >= FAULTS) return this.giveUp(reason);
    this.failures++;
    if (error instanceof Refusal && this.failures === REFUSALS_TO_WARN) this.events.warned(this, reason);
    if (this.failures > this.options.retries && !this.isGivenUp) {
      this.isGivenUp = true;
      const times = this.failures === 1 ? 'once' : `${this.failures} times`;
      this.events.givenUp(this, `dialled ${times}, last: ${reason}`, false);
      if (this.stopped) return;
    }
    const most = this.isGivenUp ? GIVEN_UP_WAIT_MS : LONGEST_WAIT_MS;
    const longest = Math.min(most, FIRST_WAIT_MS * GROWTH ** (this.failures - 1));
    this.timer = setTimeout(() => this.dial(), longest * (0.5 + 0.5 * this.options.random()));
  }

  private detach(): void {
    clearInterval(this.watch);
    for (const job of this.jobs()) this.closedLinks.set(job, this.traffic(job));
    this.link = undefined;
    this.ready = undefined;
  }
}
