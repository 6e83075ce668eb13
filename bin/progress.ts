/**
 * Shows the progress of a run: one line that is updated on a terminal, a few plain lines elsewhere, almost nothing when
 * quiet. Meant for stderr, so that stdout has the results only.
 */

import type { Status } from '../src/app/events.js';
import { oneLine } from '../src/errors.js';
import { usesColours } from './environment.js';
import { layout, parts, printable } from './progress-line.js';
import { type Measuring, measure } from './rates.js';

export interface Progress {
  /** May be called at any rate. */
  update(status: Status): void;
  /** A permanent line above the updated one, also when quiet; control characters are removed. */
  line(text: string): void;
  /** Removes the updated line while `act` writes to the terminal. */
  without(act: () => void): void;
  /** Removes the updated line and shows the cursor again; elsewhere prints the last progress. Idempotent. */
  close(): void;
}

export interface ProgressOptions {
  readonly stream: NodeJS.WriteStream;
  readonly quiet: boolean;
  /** Monotonic milliseconds. */
  readonly now?: () => number;
}

const REPAINT_MS = 100;
/** Without a terminal: a line for each tenth, at least LINE_MS after the line before, and at most SILENCE_MS, later more. */
const LINE_MS = 2_000;
const SILENCE_MS = 30_000;
const LONGEST_SILENCE_MS = 300_000;
const HIDE_CURSOR = '\x1b[?25l';
const SHOW_CURSOR = '\x1b[?25h';

export function progress({ stream, quiet, now = () => performance.now() }: ProgressOptions): Progress {
  if (quiet) {
    return {
      update: () => undefined,
      line: (text) => write(stream, text),
      without: (act) => act(),
      close: () => undefined,
    };
  }
  const rates = measure(now);
  return stream.isTTY && process.env.TERM !== 'dumb' ? live(stream, rates, now) : plain(stream, rates, now);
}

function write(stream: NodeJS.WriteStream, text: string): void {
  stream.write(`${oneLine(text)}\n`);
}

function live(stream: NodeJS.WriteStream, rates: Measuring, now: () => number): Progress {
  const colour = usesColours(stream, process.env);
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

  /** Moves to the start of the line, which takes several rows after the terminal became narrower. */
  function home(): string {
    const folds = Math.floor(Math.max(0, drawn.length - 1) / columnsOf(stream));
    return drawn === '' ? '' : `${folds > 0 ? `\x1b[${folds}A` : ''}\r\x1b[J`;
  }

  function paint(force = false): void {
    if (!status || (!force && now() - paintedAt < REPAINT_MS)) return;
    const { bar, text } = layout(status, rates.read(status), columnsOf(stream) - 1);
    if (bar + text === drawn && !force) return;
    const filled = bar.lastIndexOf('█') + 1;
    const painted = colour && filled > 0 ? `\x1b[36m${bar.slice(0, filled)}\x1b[39m${bar.slice(filled)}` : bar;
    stream.write(`${hidden ? '' : HIDE_CURSOR}${home()}${painted}${text}`);
    hidden = true;
    drawn = bar + text;
    paintedAt = now();
  }

  function without(act: () => void): void {
    if (drawn === '') return act();
    stream.write(home());
    drawn = '';
    act();
    paint(true);
  }

  return {
    update(next) {
      if (closed) return;
      status = printable(next);
      rates.note(status);
      paint();
    },
    line: (text) => without(() => write(stream, text)),
    without,
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

function plain(stream: NodeJS.WriteStream, rates: Measuring, now: () => number): Progress {
  let last: Status | undefined;
  let closed = false;
  let written = '';
  let writtenAt = -Infinity;

  function report(status: Status, waitMs: number): void {
    if (now() - writtenAt < waitMs) return;
    const read = rates.read(status);
    const tenth = `${status.phase} ${Math.floor(read.share * 10)}`;
    if (tenth === written && now() - writtenAt < silenceMs(read.elapsedSeconds)) return;
    [written, writtenAt] = [tenth, now()];
    const line = parts(status, read).map((part) => part.trim());
    stream.write(`${line.join(', ')}\n`);
  }

  return {
    update(next) {
      if (closed) return;
      last = printable(next);
      rates.note(last);
      report(last, LINE_MS);
    },
    line: (text) => write(stream, text),
    without: (act) => act(),
    close() {
      if (last && !closed) report(last, 0);
      closed = true;
    },
  };
}

/** Longer in long runs. */
function silenceMs(elapsedSeconds: number): number {
  return Math.min(LONGEST_SILENCE_MS, Math.max(SILENCE_MS, elapsedSeconds * 100));
}

function columnsOf({ columns }: NodeJS.WriteStream): number {
  return columns > 0 ? columns : 80;
}
