/**
 * A connection to Redis that fails at once while Redis is away, and comes back by itself. A command whose answer is lost may
 * have been carried out.
 */

import { Redis } from 'ioredis';
import { FractalError, messageOf } from '../../errors.js';
import type { RedisAddress } from './address.js';
import { SCRIPTS, type ScriptName } from './scripts.js';

export interface Connection {
  /** A script on the queue. @throws FractalError QUEUE_AWAY, as everything here */
  script(name: ScriptName, ...values: readonly (string | number)[]): Promise<unknown>;
  command(name: string, ...values: readonly (string | number)[]): Promise<unknown>;
  close(): void;
}

const COMMAND_MS = 5_000;
const CONNECT_MS = 5_000;
const LONGEST_PAUSE_MS = 200;

/** @throws FractalError QUEUE_AWAY */
export async function connectRedis(address: RedisAddress, service: string): Promise<Connection> {
  const redis = new Redis(address.url, {
    lazyConnect: true,
    protocol: 2,
    connectTimeout: CONNECT_MS,
    commandTimeout: COMMAND_MS,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    retryStrategy: (times) => Math.min(LONGEST_PAUSE_MS, times * 50),
    reconnectOnError: (error) => /^READONLY/.test(error.message),
  });
  /** Why there is no connection: commands that fail for that do not say it. */
  let cause: Error | undefined;
  redis.on('error', (error) => {
    cause = error;
  });
  redis.on('ready', () => {
    cause = undefined;
  });
  for (const [name, lua] of Object.entries(SCRIPTS)) redis.defineCommand(scriptOf(name), { numberOfKeys: 0, lua });
  const calls = redis as unknown as Record<string, (...values: (string | number)[]) => Promise<unknown>>;
  const answer = async (asked: Promise<unknown> | undefined) => {
    try {
      return await asked;
    } catch (error) {
      throw away(address, cause ?? error);
    }
  };
  try {
    await redis.connect();
  } catch (error) {
    redis.disconnect();
    throw away(address, cause ?? error);
  }
  return {
    script: (name, ...values) => answer(calls[scriptOf(name)]?.(address.prefix, service, address.leaseMs, ...values)),
    command: (name, ...values) => answer(redis.call(name, ...values)),
    close: () => redis.disconnect(),
  };
}

/** The client has commands of these names, as of `object`. */
function scriptOf(name: string): string {
  return `fractal_${name}`;
}

function away({ shown }: RedisAddress, error: unknown): FractalError {
  const why = `the queue at ${shown} does not answer: ${messageOf(error)}; it may come back`;
  return new FractalError('QUEUE_AWAY', why, { cause: error });
}
