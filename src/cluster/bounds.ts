/**
 * The largest values that a peer may state, one table for both directions. wire.ts checks them where a message is
 * translated; a message beyond them ends the session of that peer with PROTOCOL. Nothing is allocated, and no loop
 * runs, by a number that has not been checked against this table.
 */

import { FractalError } from '../errors.js';

export const BOUNDS = {
  /** Bytes of a message; longer byte strings travel in chunks of exactly 1 MiB, the last one shorter. */
  messageBytes: (1 << 20) + 4096,
  /** Bytes of a message that carries neither a chunk nor a task. */
  smallMessageBytes: 1 << 16,
  /** Fields of a message, with those of messages within it. */
  fields: 64,
  /** Characters of a version, a session, a job, a kernel, a fingerprint, an instance, a metric's name, a kind of work. */
  name: 100,
  /** Characters of the description of a kernel and of the reason of a failure or refusal. */
  text: 1_024,
  /** Slots of a worker; `fractal worker --slots` has the same limit. */
  slots: 1_024,
  /** Jobs that are open at once in a session. */
  jobs: 16,
  /** Scenes that a worker has of one job at a time. */
  scenes: 8,
  /** Shards of a job that may be under way at once for each slot. */
  credits: 16,
  /** Iterations a second of one slot. */
  speed: 1e15,
  /** Seconds that one shard took: four months. The scheduler counts at most the time since the assignment. */
  seconds: 1e7,
  /** Iterations of one shard: 2^24 samples of 2^48 iterations. */
  iterations: 2 ** 72,
  /** Samples of one shard: 2^24, and as many more as adaptive sampling may add. */
  samples: 2 ** 31,
  /** Epochs in a heartbeat or a cancellation. */
  epochs: 4_096,
  /** Metrics in a report. Their values are finite. */
  metrics: 256,
  /** Bytes of a scene, and of an asset. */
  sceneBytes: 2 ** 30,
  /** Bytes of the table of a paint. */
  paintBytes: 16 << 20,
  /** Numbers in the curve of a paint. */
  curveValues: 1 << 16,
  /** Tiles of a segment of a film. */
  tiles: 1 << 16,
  /** Assets of a scene, and of a job. */
  assets: 1_024,
  /** Characters of the paths of a POV-Ray scene, of its options, and of the variables of a task. */
  povrayPaths: 1 << 20,
  povrayOptions: 4_096,
  povrayDeclares: 8_192,
  /**
   * Registered addresses at which no worker was ever ready: in all, and of one caller; milliseconds for which a dial in
   * progress is not removed; a token bucket for the number that are removed for others.
   */
  unconfirmed: { inAll: 1_024, perCaller: 64, dialMs: 5_000, atOnce: 128, perSecond: 32 },
  /** Messages that answer no assignment: a token bucket; 4 KiB count as one more message. */
  unexplained: { atOnce: 256, perSecond: 32 },
} as const;

/** @throws FractalError PROTOCOL for a value that is no number from 0 to `most` */
export function checkNumber(what: string, value: number, most: number): void {
  if (!(value >= 0 && value <= most)) throw beyond(`${what} ${value}`, `from 0 to ${most}`);
}

/** @throws FractalError PROTOCOL for a longer list */
export function checkCount(what: string, count: number, most: number): void {
  if (count > most) throw beyond(`${count} ${what}`, `at most ${most}`);
}

/** Characters that move a cursor, end a line or change the direction of writing. */
const CONTROL = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/u;

/** @throws FractalError PROTOCOL for a longer text, or one with control characters */
export function checkText(what: string, text: string, most: number): void {
  if (text.length > most) throw beyond(`${what} of ${text.length} characters`, `at most ${most}`);
  if (CONTROL.test(text)) throw new FractalError('PROTOCOL', `the peer states a ${what} with control characters`);
}

function beyond(what: string, range: string): FractalError {
  return new FractalError('PROTOCOL', `the peer states ${what}, the bound is ${range}`);
}
