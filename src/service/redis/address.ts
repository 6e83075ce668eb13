/** Where a queue on Redis is: `redis://[USER:PASSWORD@]HOST[:PORT][/DATABASE][?name=NAME&lease=SECONDS]`, or `rediss:` with TLS. */

import { FractalError } from '../../errors.js';

export interface RedisAddress {
  /** As the client takes it. */
  readonly url: string;
  /** Without user and password. */
  readonly shown: string;
  /** Begins the name of every key. */
  readonly prefix: string;
  /** A service that is silent for so long does not exist any more. */
  readonly leaseMs: number;
}

const LEASE_SECONDS = 15;
const LEAST_LEASE = 1;
const LONGEST_LEASE = 3_600;

/** @throws FractalError REQUEST_INVALID */
export function parseRedisAddress(text: string): RedisAddress {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const wrong = (why: string) => new FractalError('REQUEST_INVALID', `--queue ${url ? shownOf(url) : ''}: ${why}`);
  if (!url || !/^rediss?:$/.test(url.protocol) || url.hostname === '') {
    throw wrong('not a URL such as redis://127.0.0.1:6379');
  }
  if (!/^(\/\d{0,4})?$/.test(url.pathname)) throw wrong(`the database "${url.pathname.slice(1)}" is not a number`);
  const { name = 'fractal', lease = String(LEASE_SECONDS), ...others } = Object.fromEntries(url.searchParams);
  const [other] = Object.keys(others);
  if (other !== undefined) throw wrong(`"${other}" is not a parameter: there are name and lease`);
  if (!/^[\w.-]{1,64}$/.test(name)) throw wrong('name has letters, digits, . _ - only, at most 64');
  const seconds = /^\d{1,4}(\.\d{1,3})?$/.test(lease) ? Number(lease) : 0;
  if (seconds < LEAST_LEASE || seconds > LONGEST_LEASE) {
    throw wrong(`the lease "${lease}" is not a number of seconds from ${LEAST_LEASE} to ${LONGEST_LEASE}`);
  }
  const shown = shownOf(url);
  url.search = '';
  return { url: url.href, shown, prefix: `${name}:`, leaseMs: seconds * 1000 };
}

function shownOf(url: URL): string {
  return `${url.protocol}//${url.host}${url.pathname}`;
}
