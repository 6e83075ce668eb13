/** Times of keyframes: frames, seconds, or bars of music. */

export interface Tempo {
  /** Beats a minute; absent: times in bars have no meaning. */
  readonly bpm?: number | undefined;
  /** Of a bar. */
  readonly beats: number;
}

/** A time as it was given. Bars, beats and sixteenths (quarters of a beat) are counted from 1, as music programs do. */
export type Time =
  | { readonly unit: 'frames'; readonly value: number }
  | { readonly unit: 'seconds'; readonly value: number }
  | { readonly unit: 'bars'; readonly bar: number; readonly beat: number; readonly sixteenth: number };

const FRAMES = /^(\d+(?:\.\d*)?|\.\d+)f?$/;
const SECONDS = /^(\d+(?:\.\d*)?|\.\d+)s$/;
const CLOCK = /^(?:(\d+):)?(\d+):(\d{1,2}(?:\.\d*)?)$/;
const BARS = /^(\d+)\.(\d+)\.(\d+)$/;

export const TIMES = 'frames (120, 120f), seconds (4s, 1:02.5) or bars.beats.sixteenths (4.1.1)';
const LONGEST = 1e9;

/** undefined for any other text. */
export function timeOf(text: string): Time | undefined {
  const frames = FRAMES.exec(text)?.[1];
  if (frames !== undefined) return limited('frames', Number(frames));
  const seconds = SECONDS.exec(text)?.[1];
  if (seconds !== undefined) return limited('seconds', Number(seconds));
  const clock = CLOCK.exec(text);
  if (clock) return limited('seconds', 3600 * Number(clock[1] ?? 0) + 60 * Number(clock[2]) + Number(clock[3]));
  const [, bar, beat, sixteenth] = (BARS.exec(text) ?? []).map(Number) as [number, number, number, number];
  if (!(bar >= 1 && bar < LONGEST && beat >= 1 && sixteenth >= 1 && sixteenth <= 4)) return undefined;
  return { unit: 'bars', bar, beat, sixteenth };
}

/** In frames, fractions too; undefined for bars without a tempo, and for beats that a bar does not have. */
export function framesAt(time: Time, fps: number, { bpm, beats }: Tempo): number | undefined {
  if (time.unit === 'frames') return time.value;
  if (time.unit === 'seconds') return time.value * fps;
  if (bpm === undefined || time.beat > beats) return undefined;
  return framesOf(((time.bar - 1) * beats + (time.beat - 1)) * 4 + time.sixteenth - 1, fps, bpm);
}

/** Sixteenths, counted from 0, in frames. `bpm`: beats, which are four sixteenths, a minute. */
export function framesOf(sixteenths: number, fps: number, bpm: number): number {
  return (sixteenths * 15 * fps) / bpm;
}

function limited(unit: 'frames' | 'seconds', value: number): Time | undefined {
  return value <= LONGEST ? { unit, value } : undefined;
}
