/** Processes of this machine, as tests of POV-Ray look for them. */

import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';

/** Processes of which an argument has this text. */
export function processesWith(text: string): string[] {
  return readdirSync('/proc')
    .filter((pid) => /^\d+$/.test(pid) && Number(pid) !== process.pid)
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes(text);
      } catch {
        return false;
      }
    });
}

/** @throws Error when it does not come true within 20 s */
export async function eventually(condition: () => boolean, what: string): Promise<void> {
  for (const until = performance.now() + 20_000; performance.now() < until; await setTimeout(20)) {
    if (condition()) return;
  }
  throw new Error(`${what}: not within 20 s`);
}
