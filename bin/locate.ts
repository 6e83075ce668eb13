/** `fractal locate`: the minibrot of a view, and the flags that show it. */

import { setImmediate as turn } from 'node:timers/promises';
import { FractalError } from '../src/errors.js';
import { locate, type Nucleus, type Search, type Stage } from '../src/kernel/perturbation/nucleus.js';
import type { None } from '../src/kernel/perturbation/period.js';
import { digitsMissing } from '../src/request/digits.js';
import { formulaFlags } from '../src/request/formula.js';
import type { RawRequest } from '../src/request/parse.js';
import { iterationsAt, type Request } from '../src/request/request.js';
import { fromLog10, log10, parseDecimal } from '../src/view/decimal.js';
import { invalid } from './command-line.js';
import { interrupts } from './interrupts.js';
import type { LeaderOptions } from './options.js';
import { progress } from './progress.js';

/** Between two lines that tell how far it is. */
const TELL_MS = 2_000;
/** Periods that are looked at, as a multiple of the limit that pictures of the depth start with. */
const LIMITS = 10;
/** Turns round a minibrot after which its shape is settled. */
const TURNS = 100;

/** Prints what is found: a fact a line, the last line a command; or one line of JSON, which --location reads. */
export async function locateView({ request, report, notes }: LeaderOptions): Promise<number> {
  if (request.formula.julia) throw invalid('a Julia set has no minibrots: locate looks in the plane of c');
  const stop = interrupts(report.timeoutSeconds);
  const screen = progress({ stream: process.stderr, quiet: report.quiet || report.json });
  try {
    for (const line of notes) screen.note(`warning: ${line}`);
    const short = digitsMissing(request);
    if (short) screen.warn(short);
    const search = searchOf(request);
    const found = await foundIn(search, stop.signal, (line) => screen.note(line));
    if ('why' in found) throw missing(found, search);
    const flags = flagsFor(found, request);
    process.stdout.write(report.json ? `${JSON.stringify({ ...facts(found), ...flags })}\n` : table(found, flags));
    return 0;
  } finally {
    stop.release();
    screen.close();
  }
}

/** Of a film, where it ends. */
function searchOf({ formula, film, width, height, autoIterations, iterations }: Request): Search {
  const limit = autoIterations ? LIMITS * iterations : iterations;
  return { formula, ...film.end, aspect: width / height, limit };
}

/** A stage after another; between them Ctrl-C is heard. */
async function foundIn(search: Search, signal: AbortSignal, tell: (line: string) => void): Promise<Nucleus | None> {
  const stages = locate(search);
  let told = performance.now();
  for (;;) {
    const { done, value } = stages.next();
    if (done) return value;
    if (performance.now() - told > TELL_MS) {
      told = performance.now();
      tell(lineOf(value));
    }
    await turn();
    signal.throwIfAborted();
  }
}

function lineOf({ doing, done, of }: Stage): string {
  return doing === 'period'
    ? `looking for the period: iteration ${done} of at most ${of}`
    : `polishing the nucleus: iteration ${done} of ${of}`;
}

function missing({ why, at }: None, { zoom }: Search): FractalError {
  const reasons = {
    limit: `of a period up to ${at} round its centre, which does not escape: move the centre, look at a larger view than that of zoom ${short(zoom)}, or raise --iters`,
    escaped: `here: its centre escapes after ${at} iterations; move it, or look at a larger view (a smaller --zoom)`,
    unsteady: `that Newton's method finds, up to period ${at}: move the centre, or look at a smaller view`,
  };
  return new FractalError('NUCLEUS_MISSING', `the view has no minibrot ${reasons[why]}`);
}

function short(text: string): string {
  return text.length > 24 ? `${text.slice(0, 21)}...` : text;
}

/** A view 4 sizes high holds the whole minibrot, however it is turned. */
function flagsFor({ period, re, im, sizeLog10 }: Nucleus, { formula, film }: Request): RawRequest {
  const zoom = sizeLog10 === undefined ? film.end.zoom : rounded(-sizeLog10);
  const depth = Math.max(0, log10(parseDecimal(zoom) ?? { digits: 1n, exponent: 0 }));
  const iters = Number(Math.max(iterationsAt(depth), TURNS * period).toPrecision(2));
  return { ...formulaFlags(formula), xpos: re, ypos: im, zoom, iters: String(iters) };
}

function facts({ period, sizeLog10 }: Nucleus): { period: number; size?: string } {
  return { period, ...(sizeLog10 === undefined ? {} : { size: rounded(sizeLog10) }) };
}

/** 10^log to three digits. */
function rounded(log: number): string {
  const [mantissa = '', exponent = '0'] = fromLog10(log).split('e');
  const [digits, carried = '0'] = Number(mantissa).toExponential(2).split('e');
  const power = Number(exponent) + Number(carried);
  return Math.abs(power) < 6 ? String(Number(`${digits}e${power}`)) : `${Number(digits)}e${power}`;
}

function table(found: Nucleus, flags: RawRequest): string {
  const { period, size } = facts(found);
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
