/** Sentences at the end of a run: what was written, and what an interrupted run keeps. And durations in plain words. */

import type { GatheredEvent, KeptEvent } from '../src/app/events.js';
import type { Rendered } from '../src/app/render.js';
import { type Film, frameCount, type Request } from '../src/request/request.js';

/** What the summary needs of a request: of a fractal or of a POV-Ray scene. */
export interface Summarised extends Pick<Request, 'width' | 'height' | 'outfile' | 'outfiles'> {
  readonly film: Pick<Film, 'first' | 'last' | 'fps'>;
  /** The iteration limit, of fractals. */
  readonly iterations?: number;
}

/** A run at its end. */
export interface Finished extends Omit<Rendered, 'request'> {
  readonly request: Summarised;
  /** undefined: all samples came from the store. */
  readonly outcome: GatheredEvent['report'] | undefined;
  /** Pixels that are uncertain, where there is no outcome. */
  readonly uncertain?: number | undefined;
  /** Of the whole run. */
  readonly seconds: number;
}

/**
 * "zoom.mp4: 1280x720, 300 frames, 10 s at 30 fps, 24.1 MB; took 1:23; 60 % computed, 40 % from the store; replaced an
 * older file".
 */
export function summaryLine({
  request,
  files,
  outcome,
  seconds,
  keyframes,
  sheetFrames,
}: Omit<Finished, 'outcome'> & { readonly outcome: Shares | undefined }): string {
  const { width, height, film } = request;
  const [first, last] = [files[0], files.at(-1)];
  const range = files.length > 1 ? `${first?.path} to ${last?.path}` : (first?.path ?? request.outfile);
  const name = request.outfiles.length > 1 ? request.outfiles.join(' and ') : range;
  const bytes = files.reduce((sum, one) => sum + one.bytes, 0);
  const length =
    files.length > request.outfiles.length
      ? ''
      : `, ${plainNumber(frameCount(film) / film.fps)} s at ${film.fps} frames a second`;
  const frames = frameCount(film) > 1 ? `, ${frameCount(film)} frames${length}` : '';
  const replaced = files.filter((one) => one.replaced).length;
  const older = replaced > 1 ? `; replaced ${replaced} older files` : '; replaced an older file';
  const picture =
    sheetFrames === undefined ? `${width}x${height}${frames}` : `${sheetFrames} frames of ${width}x${height}`;
  return `${name}: ${picture}, ${plainBytes(bytes)}; took ${clock(seconds)}; ${shares(outcome, sheetFrames === undefined ? '' : ' at this size')}${keyframesText(keyframes)}${replaced > 0 ? older : ''}`;
}

/** The same and more as one object, for scripts. */
export function summaryJson({ request, files, outcome, uncertain, seconds, keyframes, sheetFrames }: Finished): object {
  const { width, height, film, iterations } = request;
  return {
    files: files.map(({ path }) => path),
    bytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
    replaced: files.filter(({ replaced }) => replaced).length,
    width,
    height,
    frames: sheetFrames ?? frameCount(film),
    ...(keyframes ? { keyframes: keyframes.count, octaves: keyframes.octaves, pictures: keyframes.pictures } : {}),
    iterationLimit: iterations,
    seconds,
    gatheredSeconds: outcome?.seconds,
    shards: outcome?.shards,
    samples: outcome?.samples,
    computedSamples: outcome?.computedSamples,
    recalled: outcome?.recalled,
    iterations: outcome?.iterations,
    uncertain: outcome?.uncertain ?? uncertain,
    reissued: outcome?.reissued,
    copied: outcome?.copied,
    late: outcome?.late,
    verified: outcome?.verified,
    unverified: outcome?.unverified,
    revoked: outcome?.revoked,
    lost: outcome?.lost,
    workers: outcome?.workers.map(({ metrics: _, ...worker }) => worker),
  };
}

/** Samples computed, and found in the store. */
type Shares = Pick<GatheredEvent['report'], 'samples' | 'recalled'>;

/**
 * "; 120 keyframes, the samples of 1.7 pictures for each doubling of the zoom": computed or found. A film of less than a
 * doubling has no such rate.
 */
function keyframesText(made: Finished['keyframes']): string {
  if (!made) return '';
  const { count, octaves, pictures } = made;
  const rate =
    octaves < 1 ? '' : `, the samples of ${plainNumber(pictures / octaves)} pictures for each doubling of the zoom`;
  return `; ${count} keyframe${count > 1 ? 's' : ''}${rate}`;
}

/** `how`: after "computed". */
function shares(outcome: Shares | undefined, how: string): string {
  if (!outcome) return 'painted from samples in the store';
  const { samples, recalled } = outcome;
  if (recalled === 0) return `all computed${how}`;
  if (samples === 0) return 'all from the store';
  // Never 0 or 100, since there are samples of both kinds.
  const computed = Math.min(99, Math.max(1, Math.round((100 * samples) / (samples + recalled))));
  return `${computed} % computed${how}, ${100 - computed} % from the store`;
}

/** What a run that ended early leaves behind; `place`: of the store. */
export type Kept = Omit<KeptEvent, 'kind'> & { readonly place: string | undefined };

/** What is kept of a run that ended early, and how to go on. */
export function keptLine({ samplesDone, samples, keyframes, frames, store, place }: Kept): string {
  const share = samples > 0 ? (100 * samplesDone) / samples : 0;
  const done = share > 0 && share < 1 ? 'less than 1' : String(Math.floor(share));
  if (samplesDone <= 0) return 'nothing was computed yet; no file was changed';
  if (place === undefined) return `nothing is kept of the ${done} % that were computed, with --no-store`;
  if (store === 'none') return `nothing is kept of the ${done} % that were computed, since the store is not in use`;
  const counted = [
    ...(keyframes?.done ? [`${keyframes.done} of ${keyframes.all} keyframes`] : []),
    ...(frames?.done ? [`${frames.done} of ${frames.all} ${keyframes ? 'single frames' : 'frames'}`] : []),
  ];
  const whole = counted.length > 0 ? `, with ${counted.join(' and ')} complete,` : '';
  const what =
    store === 'all' ? `${done} % of the samples${whole} are` : `a part of the ${done} % that were computed is`;
  return `${what} kept in the store "${place}": the same command goes on from there`;
}

const UNITS = ['bytes', 'kB', 'MB', 'GB', 'TB'] as const;

/** "512 bytes", "24.1 MB": decimal units. */
export function plainBytes(bytes: number): string {
  const power = bytes < 1000 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log10(bytes) / 3));
  return `${plainNumber(bytes / 1000 ** power)} ${UNITS[power]}`;
}

/** At most one decimal. */
function plainNumber(value: number): string {
  return String(Number(value.toFixed(1)));
}

/** 0.42 s, 7.3 s, 12:34, 1:02:03. */
function clock(seconds: number): string {
  if (seconds < 60) return `${seconds.toFixed(seconds < 1 ? 2 : 1)} s`;
  const whole = Math.round(seconds);
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  const tail = String(whole % 60).padStart(2, '0');
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}:${tail}` : `${minutes}:${tail}`;
}

/** A duration to two digits in the largest unit that it has more than one of: "40 s", "18 min", "3.5 h", "12 days". */
export function roughly(seconds: number): string {
  for (const [unit, length, most] of [
    ['s', 1, 120],
    ['min', 60, 120],
    ['h', 3600, 48],
    ['days', 86_400, 730],
  ] as const) {
    const value = seconds / length;
    if (value < 0.1) return `less than 0.1 ${unit}`;
    if (value < most) return `${value < 10 ? plainNumber(value) : Math.round(value)} ${unit}`;
  }
  return `${Math.round(seconds / (365.25 * 86_400))} years`;
}
