/**
 * Calls the webhook of a job that has ended, signed as standard-webhooks.com describes, at least once: a job keeps which of
 * its ends was delivered, so that a service that starts again goes on. Redirects are not followed, and what is answered is
 * not read.
 */

import { createHmac } from 'node:crypto';
import { lookup } from 'node:dns';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import { messageOf } from '../errors.js';
import { ENDED, hasEnded, type Job } from './job.js';
import type { Cursor, Queue } from './queue.js';

export interface WebhookOptions {
  readonly queue: Pick<Queue, 'watch' | 'list' | 'get' | 'change' | 'note'>;
  readonly secret: Uint8Array;
  /** Addresses of this machine and of private networks may be called. */
  readonly allowPrivate: boolean;
  /** Milliseconds before each attempt. */
  readonly waitsMs?: readonly number[];
  /** Milliseconds since 1970. */
  now(): number;
  failed(error: unknown): void;
}

const WAITS_MS = [0, 5_000, 30_000, 120_000, 600_000, 3_600_000, 4 * 3_600_000, 12 * 3_600_000];
/** Since the end of the job. */
const LONGEST_MS = 24 * 3_600_000;
const TIMEOUT_MS = 10_000;
const AT_ONCE = 8;
const PAGE = 500;

/** Networks that a client of the service must not reach through it. */
const PRIVATE = new BlockList();
for (const [net, prefix] of [
  ...([
    ['0.0.0.0', 8],
    ['10.0.0.0', 8],
    ['100.64.0.0', 10],
    ['127.0.0.0', 8],
    ['169.254.0.0', 16],
  ] as const),
  ...([
    ['172.16.0.0', 12],
    ['192.0.0.0', 24],
    ['192.168.0.0', 16],
    ['198.18.0.0', 15],
    ['224.0.0.0', 3],
  ] as const),
])
  PRIVATE.addSubnet(net, prefix, 'ipv4');
for (const [net, prefix] of [
  ...([
    ['::', 127],
    ['::ffff:0:0', 96],
    ['64:ff9b::', 96],
    ['fc00::', 7],
    ['fe80::', 10],
    ['ff00::', 8],
  ] as const),
])
  PRIVATE.addSubnet(net, prefix, 'ipv6');

export async function startWebhooks(options: WebhookOptions): Promise<{ close(): void }> {
  const { queue, now, failed, waitsMs = WAITS_MS } = options;
  const pending = new Map<string, NodeJS.Timeout | undefined>();
  const ready: (() => void)[] = [];
  let sending = 0;
  let closed = false;

  const consider = (job: Job) => {
    const { id, attempt, webhook, endedAt = 0 } = job;
    const key = `${id}.${attempt}`;
    const isDue = webhook !== undefined && hasEnded(job) && job.notified !== attempt && now() - endedAt < LONGEST_MS;
    if (isDue && !pending.has(key)) plan(key, job, 0);
  };
  const plan = (key: string, job: Job, attempt: number) => {
    const begin = () => {
      ready.push(() => void deliver(key, job, attempt));
      next();
    };
    pending.set(key, setTimeout(begin, waitsMs[attempt]));
  };
  const next = () => {
    while (sending < AT_ONCE && !closed) {
      const act = ready.shift();
      if (!act) return;
      sending++;
      act();
    }
  };
  const deliver = async (key: string, job: Job, attempt: number) => {
    try {
      const why = await call(key, job, options).then(() => undefined, messageOf);
      if (closed) return;
      if (why !== undefined && attempt + 1 < waitsMs.length) return plan(key, job, attempt + 1);
      if (why !== undefined)
        await queue.note(job.id, { kind: 'log', level: 'warn', text: `the webhook was not reached: ${why}` });
      await queue.change(job.id, (latest) =>
        latest.attempt === job.attempt && hasEnded(latest)
          ? { job: { ...latest, notified: job.attempt, version: latest.version + 1 } }
          : undefined,
      );
      pending.delete(key);
    } catch (error) {
      pending.delete(key);
      failed(error);
    } finally {
      sending--;
      next();
    }
  };

  const unwatch = queue.watch((_, job) => job && consider(job));
  let after: Cursor | undefined;
  do {
    const query = { states: ENDED, sort: 'ended', descending: true, limit: PAGE } as const;
    const page = await queue.list({ ...query, ...(after ? { after } : {}) });
    for (const job of page.jobs) consider(job);
    const isOld = now() - (page.jobs.at(-1)?.endedAt ?? 0) > LONGEST_MS;
    after = isOld ? undefined : page.next;
  } while (after);
  return {
    close() {
      closed = true;
      unwatch();
      for (const timer of pending.values()) clearTimeout(timer);
    },
  };
}

/** What is signed: `id.timestamp.body`. */
export function signature(secret: Uint8Array, id: string, seconds: number, body: string): string {
  return `v1,${createHmac('sha256', secret).update(`${id}.${seconds}.${body}`).digest('base64')}`;
}

function bodyOf({ id, state, owner, attempt, error, outputs, endedAt = 0 }: Job): string {
  const files = outputs.slice(0, 100);
  const data = { id, state, owner, attempt, outputs: files, ...(error ? { error } : {}) };
  return JSON.stringify({ type: `job.${state}`, timestamp: new Date(endedAt).toISOString(), data });
}

/** Rejects unless it is answered with a status of 200 to 299. */
function call(key: string, job: Job, { secret, allowPrivate, now }: WebhookOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    const url = new URL(job.webhook ?? '');
    const host = url.hostname.replace(/^\[|\]$/g, '');
    if (!allowPrivate && isIP(host) && isPrivate(host)) throw refusal(host);
    const body = bodyOf(job);
    const seconds = Math.floor(now() / 1000);
    const headers = {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
      'webhook-id': key,
      'webhook-timestamp': seconds,
      'webhook-signature': signature(secret, key, seconds, body),
    };
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const options = {
      method: 'POST',
      headers,
      signal,
      agent: false,
      ...(allowPrivate ? {} : { lookup: publicLookup }),
    };
    const sent = (url.protocol === 'https:' ? httpsRequest : httpRequest)(url, options, (response) => {
      const { statusCode = 0 } = response;
      response.destroy();
      if (statusCode >= 200 && statusCode < 300) resolve();
      else reject(new Error(`it answered with status ${statusCode}`));
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

function isPrivate(address: string): boolean {
  return PRIVATE.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
}

function refusal(address: string): Error {
  return new Error(`${address} is a private address, which needs --webhook-allow-private`);
}

/** The addresses that are connected to are those that were checked. */
const publicLookup: LookupFunction = (host, options, done) => {
  lookup(host, { ...options, all: true }, (error, addresses) => {
    const refused = error ? undefined : addresses.find(({ address }) => isPrivate(address));
    const reason = error ?? (refused && refusal(refused.address));
    const [first] = addresses ?? [];
    if (options.all) return done(reason ?? null, addresses ?? []);
    return done(reason ?? null, first?.address ?? '', first?.family ?? 4);
  });
};
