/**
 * `fractal locate`: prints what is found: a fact a line, the last line a command; or one line of JSON, which --location reads.
 */

import { type Located, locateNucleus } from '../src/app/locate.js';
import { interrupts } from './interrupts.js';
import type { LeaderOptions } from './options.js';
import { terminal } from './terminal.js';

/** Resolves to the exit code. */
export async function locate({ request, report, notes }: LeaderOptions): Promise<number> {
  const stop = interrupts(report.timeoutSeconds);
  const screen = terminal(process.stderr, report.verbosity);
  try {
    const found = await locateNucleus(request, notes, { emit: screen.emit, signal: stop.signal });
    const { flags, ...facts } = found;
    process.stdout.write(report.json ? `${JSON.stringify({ ...facts, ...flags })}\n` : table(found));
    return 0;
  } finally {
    stop.release();
    screen.close();
  }
}

function table({ period, size, flags }: Located): string {
  const { formula, power, xpos, ypos, zoom, iters } = flags;
  const rows = [
    ['formula', power === undefined ? formula : `${formula}, power ${power}`],
    ['period', period],
    ['re', xpos],
    ['im', ypos],
    ['size', size ?? `not known for ${formula}`],
    ['zoom', size === undefined ? `${zoom}, as given` : zoom],
    ['iterations', iters],
  ];
  const words = Object.entries(flags).map(([name, value]) => `--${name}=${value}`);
  return `${rows.map(([name, value]) => `${String(name).padEnd(12)}${value}`).join('\n')}\nfractal leader ${words.join(' ')}\n`;
}
