/**
 * The interface between leader and worker and the transport of their messages: the leader dials, the worker listens, both
 * have a Link. grpc.ts implements it over the network, in-process.ts within a process; the tests have one in memory with
 * the same contract.
 */

import type { ToLeader, ToWorker } from './messages.js';
import type { Traffic } from './traffic.js';

/** One end of a session. Messages arrive in order, whole, or the link ends. */
export interface Link<Out, In> {
  /**
   * Sends a message; resolves when the link can take the next (back-pressure). Messages keep their order, awaited or
   * not. Silently drops once the link ended.
   */
  send(message: Out): Promise<void>;
  /**
   * Ends the session in order: what was sent still arrives, then the other side's link ends, without a reason. Nothing
   * may be sent after it.
   */
  end(): void;
  /** Ends the session at once, in both directions, as invalid messages do. A leader gets the reason. */
  close(reason?: string): void;
  /**
   * Called once, before the first message arrives. `ended` comes last, with the reason unless the end was orderly: a
   * Refusal where one side does not accept the other.
   */
  listen(handlers: { message(message: In): void; ended(error?: Error): void }): void;
  /** Payload so far. */
  readonly traffic: Traffic;
}

/** Why one side does not accept the other; its message names a remedy. */
export class Refusal extends Error {
  constructor(
    message: string,
    /** Dialling again cannot succeed; otherwise it may. */
    readonly final: boolean,
  ) {
    super(message);
    this.name = 'Refusal';
  }
}

export type LeaderLink = Link<ToWorker, ToLeader>;
export type WorkerLink = Link<ToLeader, ToWorker>;

export interface Address {
  readonly host: string;
  readonly port: number;
  /** The name in its certificate, where that is not the host. */
  readonly name?: string;
}

export interface Dialer {
  /** Starts a session. If no worker answers, the link ends. */
  dial(address: Address): LeaderLink;
}

export interface Listener {
  readonly address: Address;
  /** Takes no more sessions; resolves when those under way are over, and their last messages have arrived. */
  drain(): Promise<void>;
  /** Ends all links. */
  close(): Promise<void>;
}

/** Parses "node01:50051" or "[::1]:50051"; undefined for any other text. */
export function parseAddress(text: string): Address | undefined {
  const [, bracketed, plain, port] = /^(?:\[([\da-fA-F:.%]+)\]|([\w.-]+)):(\d{1,5})$/.exec(text) ?? [];
  const host = bracketed ?? plain;
  return host === undefined || Number(port) > 65_535 ? undefined : { host, port: Number(port) };
}

/** "host:port", with brackets round an IPv6 address. */
export function addressText({ host, port }: Address): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
