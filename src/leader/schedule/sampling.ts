/** Verification sampling: which shards are computed by two peers, by a hash of seed and number, the same ones every time. */

/** @returns whether this shard is among the `share`, 0 to 1 */
export function isSampled(
  verify: { readonly share: number; readonly seed: number } | undefined,
  shard: number,
): boolean {
  if (!verify || verify.share <= 0) return false;
  // MurmurHash3's finaliser.
  let hash = (verify.seed ^ Math.imul(shard + 1, 0x9e3779b1)) >>> 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32 < verify.share;
}
