/**
 * Measures how long the event loop of a real process is blocked: `node --import <this file>` with LOOP_PROBE naming the
 * file that gets the figures. A block is processor time of the main thread between two turns of the loop, not time on
 * the clock: on a machine with other programs a thread waits for a core without being blocked. Linux only.
 */

import { readFileSync, writeFileSync } from 'node:fs';

const file = process.env.LOOP_PROBE;

/** Nanoseconds on a core: of the main thread, as Linux counts them. */
export function onCore(): number {
  return Number(readFileSync('/proc/self/schedstat', 'utf8').split(' ', 1)[0]);
}

if (file) {
  const blocks: number[] = [];
  let peak = 0;
  let before = onCore();
  const timer = setInterval(() => {
    const now = onCore();
    blocks.push((now - before) / 1e6);
    before = now;
    peak = Math.max(peak, process.memoryUsage.rss());
  }, 10);
  timer.unref();
  process.once('exit', () => {
    // The start of the program is not caused by peers: not counted.
    const longest = Math.max(...blocks.slice(20), 0);
    writeFileSync(file, JSON.stringify({ longestBlockMs: longest, cpuMs: onCore() / 1e6, peakBytes: peak }));
  });
}
