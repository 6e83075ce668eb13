/** Certificates for tests, made when they are asked for, never kept. */

import type { Tls } from '../../src/cluster/access.js';
import { type Certified, issue, newAuthority } from '../../src/cluster/certificates.js';

const DAY_MS = 86_400_000;

/** A life around now; with days before 0, one that is over. */
export function life(days = 1) {
  const now = Date.now();
  return { from: new Date(now - 30 * DAY_MS), to: new Date(now + days * DAY_MS) };
}

export interface TestAuthority extends Certified {
  /** What one end holds; `trusted`: of the other side, unless it is this CA. */
  holder(names: readonly string[], days?: number, accepted?: Certified): Promise<Tls>;
}

export async function testAuthority(): Promise<TestAuthority> {
  const authority = await newAuthority('test CA', life(2));
  return {
    ...authority,
    async holder(names, days = 1, accepted = authority) {
      const own = await issue(authority, names[0] as string, names, life(days));
      return { ...own, ca: accepted.cert };
    },
  };
}
