/**
 * Kalles Fraktaler's waves ("infinite waves", MultiColor): means of sines over the position along the colours give hue,
 * saturation and brightness. All of them repeat together: their colours are a palette of that length.
 */

import type { Triple } from '../../render/oklab.js';
import { fromHsv, levelsOf } from '../../render/palette-files/file.js';
import { sinCos } from '../../view/plane.js';

export interface Wave {
  /** Half of a wave's length, in counts; negative: a constant, in hundredths. */
  readonly period: number;
  readonly of: 'hue' | 'saturation' | 'brightness';
}

export interface WaveTable {
  /** Counts until the colours repeat. */
  readonly length: number;
  /** Levels of red, green and blue, at even distances along that. */
  readonly colours: readonly Triple[];
  /** The lengths of waves differ a little from those of the file. */
  readonly rounded: boolean;
}

const MOST_COLOURS = 4096;
/** Along the shortest wave. */
const [COLOURS, FEWEST] = [24, 8];
const KINDS = ['hue', 'saturation', 'brightness'] as const;

/** "10\t0\t0,-80\t0\t1": period, start and kind of each. Undefined: it is not such a list. */
export function wavesOf(text: string): Wave[] | undefined {
  const waves = text.split(',').flatMap((entry): (Wave | undefined)[] => {
    if (entry.trim() === '') return [];
    const [period, , kind] = entry.trim().split(/\s+/).map(Number);
    const of = KINDS[kind ?? -1];
    return [
      of && Number.isInteger(period) && period !== 0 && Math.abs(period!) < 1e6 ? { period: period!, of } : undefined,
    ];
  });
  return waves.length > 0 && waves.length <= 32 && !waves.includes(undefined) ? (waves as Wave[]) : undefined;
}

/** `other`: colours at a count that are mixed with those of the waves, half and half; they repeat after 1024. */
export function waveTable(waves: readonly Wave[], other?: (count: number) => Triple): WaveTable {
  const lengths = [...waves.flatMap(({ period }) => (period > 0 ? [2 * period] : [])), ...(other ? [1024] : [])];
  if (lengths.length === 0) lengths.push(2);
  const [shortest, longest] = [Math.min(...lengths), Math.max(...lengths)];
  const most = Math.max(longest, (MOST_COLOURS / FEWEST) * shortest);
  let [length, least] = [longest, Infinity];
  for (let tried = longest; tried <= most && least > 1e-9; tried += longest) {
    const error = Math.max(...lengths.map((one) => Math.abs(tried / one - Math.round(tried / one)) / (tried / one)));
    if (error < least) [length, least] = [tried, error];
  }
  const turns = new Map(lengths.map((one) => [one, Math.max(1, Math.round(length / one))]));
  const count = Math.min(MOST_COLOURS, Math.ceil((COLOURS * length) / shortest));
  const mean = (kind: Wave['of'], at: number) => {
    const values = waves.flatMap(({ period, of }) => {
      if (of !== kind) return [];
      return [period < 0 ? -period / 100 : (1 + sinCos(360 * turns.get(2 * period)! * at)[0]) / 2];
    });
    return values.length > 0 ? values.reduce((sum, value) => sum + value, 0) / values.length : 0;
  };
  const colours = Array.from({ length: count }, (_, i) => {
    const at = i / count;
    const [saturation, value] = [mean('saturation', at), mean('brightness', at)].map((x) => Math.min(1, x)) as [
      number,
      number,
    ];
    // Kalles Fraktaler has the first channel of a pixel, its blue one, from the red of the conversion.
    const [blue, green, red] = levelsOf(fromHsv([mean('hue', at), saturation, value]));
    const mixed = other?.(1024 * turns.get(1024)! * at);
    return mixed
      ? ([red, green, blue].map((x, k) => Math.round((x + mixed[k]!) / 2)) as unknown as Triple)
      : ([red, green, blue] as Triple);
  });
  return { length, colours, rounded: least > 1e-9 };
}
