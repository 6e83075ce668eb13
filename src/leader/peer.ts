/**
 * One worker as the leader sees it: dialled until it answers, greeted, checked, lost, dialled again. Waits between
 * dials grow and are jittered. One that is silent is lost, whatever its connection looks like. What it does with shards
 * is not known here.
 */

import { PROTOCOL, type Ready, type ToLeader, type ToWorker } from '../cluster/messages.js';
import { otherBuild, type Program } from '../cluster/program.js';
import { type Address, addressText, type Dialer, type LeaderLink, Refusal } from '../cluster/transport.js';
import { FractalError } from '../errors.js';

export interface PeerOptions extends Program {
  readonly dialer: Dialer;
  readonly session: string;
  readonly kernel: string;
  /** Left out when it differs; undefined: not known before the first worker has said its own. */
  readonly fingerprint: () => string | undefined;
  /** Dials in a row without an answer before the worker is given up: still dialled, but no longer waited for. */
  readonly retries: number;
  readonly random: () => number;
  /** Monotonic milliseconds. */
  readonly now: () => number;
}

export interface PeerEvents {
  joined(peer: Peer, ready: Ready): void;
  message(peer: Peer, message: ToLeader): void;
  /** It was ready, and is not any more. It is being dialled again. `fault`: it sent what makes no sense. */
  left(peer: Peer, reason: string, fault: boolean): void;
  /**
   * Nobody should wait for it any more. `refused`: not for silence, but because one side will not have the other; it
   * will not be dialled any more, either.
   */
  gone(peer: Peer, reason: string, refused: boolean): void;
  /** It is dialled again and again, and something seems to be wrong. */
  doubted(peer: Peer, reason: string): void;
}

const FIRST_WAIT_MS = 100;
const GROWTH = 1.6;
const LONGEST_WAIT_MS = 5_000;
/** So often in a row a worker that hardly wants its leader is dialled before that is told. */
const DOUBTS = 3;
/** Sessions of a worker that may end with PROTOCOL before it is ready; then it is left out. */
const FAULTS = 3;
/** Once it was given up. */
const GIVEN_UP_WAIT_MS = 30_000;
/** A worker that says nothing for so long after the greeting is taken for dead; a GPU's driver may need some time. */
const GREETING_MS = 30_000;
/** The same, once it is ready: it should have sent several beats. */
const SILENCE_MS = 5_000;
const LOOK_MS = 250;

export class Peer {
  readonly name: string;
  /** Set while the worker is ready. */
  ready: Ready | undefined;
  /** Payload of all links to it that have ended. */
  sent = 0;
  received = 0;
  stopped = false;
  private link: LeaderLink | undefined;
  private timer: NodeJS.Timeout | undefined;
  private watch: NodeJS.Timeout | undefined;
  private silentMs = 0;
  private failures = 0;
  private faults = 0;
  private givenUp = false;

  constructor(
    readonly address: Address,
    /** At most so many of its slots; 0: all that it has. */
    readonly slots: number,
    private readonly options: PeerOptions,
    private readonly events: PeerEvents,
  ) {
    this.name = addressText(address);
  }

  dial(): void {
    const { dialer, version, build, session, kernel } = this.options;
    const link = dialer.dial(this.address);
    this.link = link;
    this.timer = setTimeout(() => this.broke(link, 'no answer to the greeting'), GREETING_MS);
    link.listen({
      message: (message) => {
        this.silentMs = 0;
        if (this.link === link) this.hear(message, link);
      },
      ended: (error) => this.broke(link, error?.message ?? 'it left', error),
    });
    void link.send({ kind: 'hello', protocol: PROTOCOL, version, build, session, kernel, slots: this.slots });
  }

  /** It is there, somebody says: no need to wait until the next dial. */
  nudge(): void {
    if (this.stopped || this.link) return;
    clearTimeout(this.timer);
    this.failures = 0;
    this.dial();
  }

  /** Resolves when the connection takes more. */
  async send(message: ToWorker): Promise<void> {
    await this.link?.send(message);
  }

  /** Says that the job is over; the worker reports and ends the session, which shows as `left`. */
  async finish(metrics: boolean): Promise<void> {
    this.stopped = true;
    await this.link?.send({ kind: 'finish', metrics });
  }

  /** Breaks off, for good. */
  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
    const { link } = this;
    this.forget();
    link?.close();
  }

  /** A shard came back: the connection is good, earlier failures are forgiven. */
  praise(): void {
    this.failures = 0;
  }

  private hear(message: ToLeader, link: LeaderLink): void {
    if (message.kind === 'refused') {
      this.giveUp(message.reason);
    } else if (message.kind === 'ready') {
      if (this.ready) return this.nonsense(link, 'it greeted twice');
      clearTimeout(this.timer);
      const objection = this.objection(message);
      if (objection) this.giveUp(objection);
      else {
        this.ready = message;
        this.faults = 0;
        this.givenUp = false;
        this.watchOver(link);
        this.events.joined(this, message);
      }
    } else if (this.ready && message.kind === 'report' && !this.stopped) {
      this.nonsense(link, 'it sent a report before the end of the job');
    } else if (this.ready || message.kind === 'draining') {
      this.events.message(this, message);
    } else this.nonsense(link, `it sent ${message.kind} before it was ready`);
  }

  /** Whatever moves on the connection is a sign of life: a large scene on its way keeps what is behind it waiting. */
  private watchOver(link: LeaderLink): void {
    let moved = 0;
    let looked = this.options.now();
    this.silentMs = 0;
    this.watch = setInterval(() => {
      const now = this.options.now();
      // A leader that was stopped itself must not take its own silence for that of others.
      this.silentMs += Math.min(now - looked, 2 * LOOK_MS);
      looked = now;
      if (link.sent + link.received !== moved) this.silentMs = 0;
      moved = link.sent + link.received;
      if (this.silentMs >= SILENCE_MS) this.broke(link, `silent for ${SILENCE_MS / 1000} seconds`);
    }, LOOK_MS);
  }

  /** Why this worker must not take part, if so. */
  private objection(ready: Ready): string | undefined {
    const { version, build, kernel, fingerprint } = this.options;
    if (ready.protocol !== PROTOCOL) {
      return `it speaks protocol ${ready.protocol} (version ${ready.version}), this leader ${PROTOCOL} (version ${version})`;
    }
    if (ready.version !== version) return `it is version ${ready.version}, this leader ${version}`;
    if (ready.build !== build) return otherBuild('it is', ready.build, 'this leader', build);
    if (ready.kernel !== kernel) return `it offers the ${ready.kernel} kernel, the job needs ${kernel}`;
    const expected = fingerprint();
    if (expected === undefined || expected === ready.fingerprint) return undefined;
    return `its ${kernel} kernel computes other bits (fingerprint ${ready.fingerprint.slice(0, 12)}, not ${expected.slice(0, 12)})`;
  }

  private giveUp(reason: string): void {
    const wasReady = this.ready !== undefined;
    this.stop();
    if (wasReady) this.events.left(this, reason, false);
    this.events.gone(this, reason, true);
  }

  private nonsense(link: LeaderLink, reason: string): void {
    this.broke(link, reason, new FractalError('PROTOCOL', reason));
  }

  private broke(link: LeaderLink, reason: string, error?: Error): void {
    if (this.link !== link) return;
    if (error instanceof Refusal && error.final) return this.giveUp(reason);
    clearTimeout(this.timer);
    const wasReady = this.ready !== undefined;
    this.forget();
    link.close();
    const fault = error instanceof FractalError && error.code === 'PROTOCOL';
    if (wasReady) this.events.left(this, reason, fault);
    if (this.stopped) return;
    // After it was ready a fault is counted by the scheduler.
    if (fault && !wasReady && ++this.faults === FAULTS) return this.giveUp(reason);
    this.failures++;
    if (error instanceof Refusal && this.failures === DOUBTS) this.events.doubted(this, reason);
    if (this.failures > this.options.retries && !this.givenUp) {
      this.givenUp = true;
      const times = this.failures === 1 ? 'once' : `${this.failures} times`;
      this.events.gone(this, `dialled ${times}, last: ${reason}`, false);
      if (this.stopped) return;
    }
    const most = this.givenUp ? GIVEN_UP_WAIT_MS : LONGEST_WAIT_MS;
    const longest = Math.min(most, FIRST_WAIT_MS * GROWTH ** (this.failures - 1));
    this.timer = setTimeout(() => this.dial(), longest * (0.5 + 0.5 * this.options.random()));
  }

  private forget(): void {
    clearInterval(this.watch);
    this.sent += this.link?.sent ?? 0;
    this.received += this.link?.received ?? 0;
    this.link = undefined;
    this.ready = undefined;
  }
}
