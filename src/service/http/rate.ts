/** How many requests a client may send: a bucket of tokens for each, filled at a steady rate. */

export interface Rate {
  readonly perSecond: number;
  /** At once, after a pause. */
  readonly burst: number;
}

/** Clients beyond this number replace those that were heard longest ago. */
const MOST_CLIENTS = 10_000;

/** `now`: milliseconds. The function returns 0, or after how many seconds the client may send again. */
export function rateLimit({ perSecond, burst }: Rate, now: () => number): (client: string) => number {
  const buckets = new Map<string, { left: number; at: number }>();
  return (client) => {
    const at = now();
    const { left, at: since } = buckets.get(client) ?? { left: burst, at };
    const filled = Math.min(burst, left + (Math.max(0, at - since) / 1000) * perSecond);
    buckets.delete(client);
    buckets.set(client, { left: filled >= 1 ? filled - 1 : filled, at });
    if (buckets.size > MOST_CLIENTS) buckets.delete(buckets.keys().next().value as string);
    return filled >= 1 ? 0 : (1 - filled) / perSecond;
  };
}
