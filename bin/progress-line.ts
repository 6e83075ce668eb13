/** The text of the progress line. */

import type { Status } from '../src/app/events.js';
import type { Readings } from './rates.js';

/** The text that fits into `width`: a bar if there is space, then as many parts as fit, the most important first. */
export function layout(status: Status, readings: Readings, width: number): { bar: string; text: string } {
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

/** The most important first: percent, time left, frames, workers, speeds. */
export function parts(status: Status, { shardsPerSecond, iterationsPerSecond, secondsLeft }: Readings): string[] {
  const workers = `${status.workers}/${status.workersKnown} workers`;
  if (status.phase === 'connecting') return ['connecting', `${workers} up`];
  const percent = `${Math.floor(fraction(status) * 100)} %`.padStart(5);
  const frames = status.frames > 1 ? [`frame ${status.framesDone}/${status.frames}`] : [];
  if (status.phase === 'encoding') return [percent, 'encoding', ...frames];
  const left = secondsLeft === undefined ? 'ETA -' : `ETA ${clock(secondsLeft)}`;
  const speeds = [`${short(iterationsPerSecond / 1e6)} M iterations/s`, `${short(shardsPerSecond)} shards/s`];
  return [percent, left, ...frames, workers, ...speeds];
}

/** Counts limited to values that can be printed. */
export function printable(status: Status): Status {
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

/** Of the samples, 0 to 1. */
export function fraction({ samplesDone, samples }: Status): number {
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
