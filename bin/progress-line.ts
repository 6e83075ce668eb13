/** The text of the progress line. */

import type { Status } from '../src/app/events.js';
import { zoomText } from '../src/view/zoom-text.js';
import type { Readings } from './rates.js';

/** The text that fits into `width`: a bar if there is space, then as many parts as fit, the most important first. */
export function layout(status: Status, readings: Readings, width: number): { bar: string; text: string } {
  const length = width < 40 ? 0 : Math.min(30, Math.floor(width / 6));
  const filled = Math.floor(readings.share * length);
  const bar = '█'.repeat(filled) + '░'.repeat(length - filled);
  let text = '';
  for (const part of parts(status, readings)) {
    const more = text === '' && length === 0 ? part : `${text === '' ? ' ' : '  '}${part}`;
    if (length + text.length + more.length > width) break;
    text += more;
  }
  return { bar, text };
}

/** The most important first: percent, time left, time so far, frames, keyframes, workers, speeds. */
export function parts(status: Status, readings: Readings): string[] {
  const { phase, outline, framesDone, rendersDone } = status;
  const workers = `${status.workers}/${status.workersKnown} workers`;
  if (phase === 'connecting') return ['connecting', `${workers} up`];
  const percent = `${Math.floor(readings.share * 100)} %`.padStart(5);
  const elapsed = `elapsed ${clock(readings.elapsedSeconds)}`;
  const frames = outline.frames > 1 ? [`frame ${framesDone}/${outline.frames}`] : [];
  if (phase === 'encoding') return [percent, 'encoding', elapsed, ...frames];
  if (phase === 'done') return [percent, elapsed, ...frames];
  const left = readings.secondsLeft === undefined ? 'ETA -' : `ETA ${clock(readings.secondsLeft)}`;
  // Of the frame that is made next.
  const zoom =
    outline.frames > 1 && outline.zoomOf
      ? [`zoom ${zoomText(outline.zoomOf(Math.min(framesDone, outline.frames - 1)))}`]
      : [];
  const [complete, all] = [outline.keyframesIn(rendersDone), outline.keyframesIn(outline.renders)];
  const keyframes = complete < all ? [`keyframe ${complete}/${all}`] : [];
  const { iterationsPerSecond, shardsPerSecond } = readings;
  const iterations = outline.zoomOf ? [`${short(iterationsPerSecond / 1e6)} M iterations/s`] : [];
  const speeds = [...iterations, `${short(shardsPerSecond)} shards/s`];
  return [percent, left, elapsed, ...frames, ...zoom, ...keyframes, workers, ...speeds];
}

/** Counts limited to values that can be printed: speeds and times come from workers. */
export function printable(status: Status): Status {
  const amount = (value: number) => (Number.isFinite(value) ? Math.min(Math.max(0, value), 1e18) : 0);
  const count = (value: number) => Math.floor(amount(value));
  return {
    phase: status.phase,
    outline: status.outline,
    searched: count(status.searched),
    ...(status.keptCostOf ? { keptCostOf: status.keptCostOf } : {}),
    framesDone: count(status.framesDone),
    rendersDone: count(status.rendersDone),
    samplesDone: amount(status.samplesDone),
    samples: amount(status.samples),
    costDone: amount(status.costDone),
    costRecalled: amount(status.costRecalled),
    busySeconds: amount(status.busySeconds),
    slots: count(status.slots),
    shardsDone: amount(status.shardsDone),
    iterations: amount(status.iterations),
    workers: count(status.workers),
    workersKnown: count(status.workersKnown),
  };
}

function short(value: number): string {
  return value.toFixed(value < 99.95 ? 1 : 0);
}

/** 0:07, 12:34, 1:02:03. */
function clock(seconds: number): string {
  const whole = Math.round(seconds);
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor(whole / 60) % 60;
  const tail = String(whole % 60).padStart(2, '0');
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}:${tail}` : `${minutes}:${tail}`;
}
