/** Numbers and times for people. */

import type { Job, Progress } from './answers.js';

const WHOLE = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const COMPACT = new Intl.NumberFormat('en', { notation: 'compact', maximumSignificantDigits: 3 });
const TIME = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });
const DAY = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' });

/** 1 slot, 2 slots. */
export const counted = (count: number, one: string): string => `${WHOLE.format(count)} ${one}${count === 1 ? '' : 's'}`;

export const whole = (value: number): string => WHOLE.format(value);

/** 12.3K, 4.56M. */
export const compact = (value: number): string => COMPACT.format(value);

export function bytes(value: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let at = 0;
  let left = value;
  for (; left >= 1000 && at < units.length - 1; at++) left /= 1000;
  return `${at === 0 ? left : left.toPrecision(3)} ${units[at]}`;
}

/** under 1 s, 3 s, 4 min 05 s, 2 h 10 min. */
export function duration(seconds: number): string {
  if (seconds < 1) return 'under 1 s';
  const all = Math.max(0, Math.round(seconds));
  const [h, min, s] = [Math.floor(all / 3600), Math.floor(all / 60) % 60, all % 60];
  const two = (value: number) => String(value).padStart(2, '0');
  if (h > 0) return `${h} h ${two(min)} min`;
  return min > 0 ? `${min} min ${two(s)} s` : `${s} s`;
}

/** Of today only the time of day. */
export function moment(iso: string): string {
  const date = new Date(iso);
  return date.toDateString() === new Date().toDateString() ? TIME.format(date) : DAY.format(date);
}

export const clock = (time: number | string): string => TIME.format(new Date(time));

/** 0 to 1. Of a film, whose frames may be assembled after all samples, the mean of samples and frames. */
export function share({ samplesDone, samples, framesDone, frames }: Progress): number {
  const computed = samples > 0 ? Math.min(1, samplesDone / samples) : 0;
  return frames > 1 ? (computed + framesDone / frames) / 2 : computed;
}

export const percentOf = (progress: Progress): string => `${Math.floor(share(progress) * 100)} %`;

/** Seconds until all is computed, with the slots that it has now. undefined: not known, or it is, and frames are missing. */
export function secondsLeft({ state, progress }: Job): number | undefined {
  if (state !== 'running' || progress?.coreSecondsLeft === undefined || progress.slots === 0) return undefined;
  if (progress.samplesDone >= progress.samples && progress.framesDone < progress.frames) return undefined;
  return progress.coreSecondsLeft / progress.slots;
}

export function isFilm({ request }: Pick<Job, 'request'>): boolean {
  if (Number(request.frames ?? 1) > 1 || ['seconds', 'speed', 'path'].some((name) => name in request)) return true;
  // The length of a scene may be in its .ini.
  return isScene({ request }) && /%\d*d|\.(mp4|mkv|mov|webm|gif)$/.test(request.outfile ?? '');
}

/** A POV-Ray scene, not a fractal. */
export function isScene({ request }: Pick<Job, 'request'>): boolean {
  return request.scene !== undefined;
}

/** The scene of a request in short: which file, of how many. */
export function sceneText(scene: string): string {
  try {
    const { main, files } = JSON.parse(scene) as { main: string; files: readonly unknown[] };
    return `${main}, ${files.length === 1 ? '1 file' : `${files.length} files`}`;
  } catch {
    return scene;
  }
}

/** Its outfile, or what it shows. */
export function titleOf({ request }: Pick<Job, 'request'>): string {
  return request.outfile?.split('\n')[0] ?? (isFilm({ request }) ? 'film' : 'still');
}

export function sizeOf({ request: { width = '1280', height = '720' } }: Pick<Job, 'request'>): string {
  return `${width} × ${height}`;
}
