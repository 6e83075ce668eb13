/**
 * Shows how a run goes: one live line on a terminal, a few plain lines elsewhere, next to nothing when quiet. Meant for
 * stderr, so that stdout stays for results.
 */

import type { Status } from '../src/app/events.js';
import { oneLine } from '../src/errors.js';
import { colourful } from './environment.js';

export interface Progress {
  /** May be called at any rate. */
  update(status: Status): void;
  /** A line that stays, above the live one, also when quiet; control characters are taken out. */
  line(text: string): void;
  /** Takes the live line away and gives the cursor back; elsewhere says how far it came. Idempotent. */
  close(): void;
}

export interface ProgressOptions {
  readonly stream: NodeJS.WriteStream;
  readonly quiet: boolean;
  /** Monotonic milliseconds. */
  readonly now?: () => number;
}

const REPAINT_MS = 100;
/** Elsewhere than on a terminal: at each tenth, no sooner than the first, and at the latest after the second. */
const LINE_MS = 2_000;
const SILENCE_MS = 30_000;
const HIDE_CURSOR = '\x1b[?25l';
const SHOW_CURSOR = '\x1b[?25h';

export function progress({ stream, quiet, now = () => performance.now() }: ProgressOptions): Progress {
  if (quiet) return { update: () => undefined, line: (text) => write(stream, text), close: () => undefined };
  const rates = measure(now);
  return stream.isTTY && process.env.TERM !== 'dumb' ? live(stream, rates, now) : plain(stream, rates, now);
}

function write(stream: NodeJS.WriteStream, text: string): void {
  stream.write(`${oneLine(text)}\n`);
}

function live(stream: NodeJS.WriteStream, rates: Rates, now: () => number): Progress {
  const colour = colourful(stream, process.env);
  let status: Status | undefined;
  let closed = false;
  let drawn = '';
  let paintedAt = -Infinity;
  let hidden = false;
  const showCursor = () => {
    if (hidden) stream.write(SHOW_CURSOR);
    hidden = false;
  };
  const timer = setInterval(paint, REPAINT_MS).unref();
  process.once('exit', showCursor);

  /** Back to the start of the line, which a terminal made narrower has folded into several. */
  function home(): string {
    const folds = Math.floor(Math.max(0, drawn.length - 1) / columnsOf(stream));
    return drawn === '' ? '' : `${folds > 0 ? `\x1b[${folds}A` : ''}\r\x1b[J`;
  }

  function paint(force = false): void {
    if (!status || (!force && now() - paintedAt < REPAINT_MS)) return;
    const shown = sane(status);
    const { bar, text } = layout(shown, rates.read(shown), columnsOf(stream) - 1);
    if (bar + text === drawn && !force) return;
    const filled = bar.lastIndexOf('█') + 1;
    const painted = colour && filled > 0 ? `\x1b[36m${bar.slice(0, filled)}\x1b[39m${bar.slice(filled)}` : bar;
    stream.write(`${hidden ? '' : HIDE_CURSOR}${home()}${painted}${text}`);
    hidden = true;
    drawn = bar + text;
    paintedAt = now();
  }

  /** Takes the live line away while a line is written in its place. */
  function line(text: string): void {
    if (drawn === '') return write(stream, text);
    stream.write(home());
    drawn = '';
    write(stream, text);
    paint(true);
  }

  return {
    update(next) {
      if (closed) return;
      status = next;
      paint();
    },
    line,
    close() {
      closed = true;
      clearInterval(timer);
      process.off('exit', showCursor);
      if (drawn !== '') stream.write(home());
      drawn = '';
      status = undefined;
      showCursor();
    },
  };
}

function plain(stream: NodeJS.WriteStream, rates: Rates, now: () => number): Progress {
  let last: Status | undefined;
  let closed = false;
  let written = '';
  let writtenAt = -Infinity;

  function report(given: Status, waitMs: number): void {
    if (now() - writtenAt < waitMs) return;
    const status = sane(given);
    const read = rates.read(status);
    const tenth = `${status.phase} ${Math.floor(fraction(status) * 10)}`;
    if (tenth === written && now() - writtenAt < SILENCE_MS) return;
    [written, writtenAt] = [tenth, now()];
    const line = parts(status, read).map((part) => part.trim());
    stream.write(`${line.join(', ')}\n`);
  }

  return {
    update(status) {
      if (closed) return;
      last = status;
      // Rates are taken from every update, not only from those that are printed.
      rates.read(sane(status));
      report(status, LINE_MS);
    },
    line: (text) => write(stream, text),
    close() {
      if (last && !closed) report(last, 0);
      closed = true;
    },
  };
}

interface Readings {
  readonly shardsPerSecond: number;
  readonly iterationsPerSecond: number;
  /** Undefined while it is not known. */
  readonly secondsLeft: number | undefined;
}

interface Rates {
  read(status: Status): Readings;
}

/**
 * Rates over the last few seconds: means that forget with a time constant, right from the first moment. The time
 * left is by cost, not by samples: frames differ in it, and what was found in the store took none.
 */
function measure(now: () => number): Rates {
  const averages = { shards: average(3), iterations: average(3), cost: average(15) };
  let last: { readonly at: number; readonly status: Status } | undefined;
  return {
    read(status) {
      const at = now();
      // From the first result on: before it workers start, and the store is read.
      last ??= status.workers > 0 && status.costDone > 0 ? { at, status } : undefined;
      const seconds = last ? (at - last.at) / 1000 : 0;
      if (last && seconds >= 0.25) {
        averages.shards.add(status.shardsDone - last.status.shardsDone, seconds);
        averages.iterations.add(status.iterations - last.status.iterations, seconds);
        averages.cost.add(status.costDone - last.status.costDone, seconds);
        last = { at, status };
      }
      const left = status.costLeft / averages.cost.rate();
      return {
        shardsPerSecond: averages.shards.rate(),
        iterationsPerSecond: averages.iterations.rate(),
        secondsLeft: Number.isFinite(left) && left < 360_000 && status.phase === 'rendering' ? left : undefined,
      };
    },
  };
}

function average(constantSeconds: number) {
  let mean = 0;
  let weight = 0;
  return {
    add(amount: number, seconds: number) {
      const keep = Math.exp(-seconds / constantSeconds);
      mean = mean * keep + (Math.max(0, amount) / seconds) * (1 - keep);
      weight = weight * keep + 1 - keep;
    },
    rate: () => (weight > 0 ? mean / weight : 0),
  };
}

/** What fits into `width`: a bar where there is room, then as many parts as there is room for, the vital ones first. */
function layout(status: Status, readings: Readings, width: number): { bar: string; text: string } {
  const length = width < 40 ? 0 : Math.min(30, Math.floor(width / 6));
  const filled = Math.floor(fraction(status) * length);
  const bar = '█'.repeat(filled) + '░'.repeat(length - filled);
  let text = '';
  for (const part of parts(status, readings)) {
    const more = text === '' && length === 0 ? part : `${text === '' ? ' ' : '  '}${part}`;
    if (length + text.length + more.length > width) break;
    text += more;
  }
  return { bar, text };
}

function parts(status: Status, { shardsPerSecond, iterationsPerSecond, secondsLeft }: Readings): string[] {
  const workers = `${status.workers}/${status.workersKnown} workers`;
  if (status.phase === 'connecting') return ['connecting', `${workers} up`];
  const percent = `${Math.floor(fraction(status) * 100)} %`.padStart(5);
  const frames = status.frames > 1 ? [`frame ${status.framesDone}/${status.frames}`] : [];
  if (status.phase === 'encoding') return [percent, 'encoding', ...frames];
  const left = secondsLeft === undefined ? 'ETA -' : `ETA ${clock(secondsLeft)}`;
  const speeds = [`${short(iterationsPerSecond / 1e6)} M iterations/s`, `${short(shardsPerSecond)} shards/s`];
  return [percent, left, ...frames, workers, ...speeds];
}

/** Counts that can be printed, whatever was counted. */
function sane(status: Status): Status {
  const amount = (value: number) => (Number.isFinite(value) ? Math.min(Math.max(0, value), 1e18) : 0);
  const count = (value: number) => Math.floor(amount(value));
  return {
    phase: status.phase,
    framesDone: count(status.framesDone),
    frames: count(status.frames),
    samplesDone: amount(status.samplesDone),
    samples: amount(status.samples),
    costDone: amount(status.costDone),
    costLeft: amount(status.costLeft),
    shardsDone: amount(status.shardsDone),
    iterations: amount(status.iterations),
    workers: count(status.workers),
    workersKnown: count(status.workersKnown),
  };
}

function fraction({ samplesDone, samples }: Status): number {
  return samples > 0 ? Math.min(1, Math.max(0, samplesDone / samples)) : 0;
}

function short(value: number): string {
  return value.toFixed(value < 99.95 ? 1 : 0);
}

/** 0:07, 12:34, 1:02:03. */
function clock(seconds: number): string {
  const whole = Math.ceil(seconds);
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor(whole / 60) % 60;
  const tail = String(whole % 60).padStart(2, '0');
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}:${tail}` : `${minutes}:${tail}`;
}

function columnsOf({ columns }: NodeJS.WriteStream): number {
  return columns > 0 ? columns : 80;
}
