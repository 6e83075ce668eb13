/** What other services change, from the stream of changes, on a connection of its own. After a break it goes on where it was. */

import { setTimeout as pause } from 'node:timers/promises';
import type { Connection } from './connection.js';

export interface ChangesOptions {
  readonly connection: Connection;
  /** Of the stream. */
  readonly key: string;
  /** Its own changes are left out. */
  readonly service: string;
  /** Gets ids, each once. */
  changed(ids: readonly string[]): Promise<void>;
}

type Entry = readonly [position: string, fields: readonly string[]];

const BLOCK_MS = 1_000;
const RETRY_MS = 200;
const AT_ONCE = 1_000;

/** From now on, until the signal. Never rejects. */
export async function followChanges(options: ChangesOptions, from: string, signal: AbortSignal): Promise<void> {
  const { connection, key, service, changed } = options;
  let position = from;
  while (!signal.aborted) {
    try {
      const answer = await connection.command('XREAD', 'COUNT', AT_ONCE, 'BLOCK', BLOCK_MS, 'STREAMS', key, position);
      const [[, entries] = ['', []]] = (answer ?? []) as readonly (readonly [string, readonly Entry[]])[];
      const others = entries.map(([, [, by = '', , id = '']]) => ({ by, id })).filter(({ by }) => by !== service);
      if (others.length > 0) await changed([...new Set(others.map(({ id }) => id))]);
      position = entries.at(-1)?.[0] ?? position;
    } catch {
      // Redis is away. Those that ask for something get the error.
      await pause(RETRY_MS, undefined, { signal }).catch(() => undefined);
    }
  }
}

/** Of the last change so far. */
export async function lastChange(connection: Connection, key: string): Promise<string> {
  const [last] = (await connection.command('XREVRANGE', key, '+', '-', 'COUNT', 1)) as readonly Entry[];
  return last?.[0] ?? '0-0';
}
