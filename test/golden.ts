/** Views with the exact counts of some of their pixels, by the oracle. */

import { readFileSync } from 'node:fs';

export interface Golden {
  readonly id: string;
  readonly formula: string;
  readonly power?: number;
  readonly juliaRe?: string;
  readonly juliaIm?: string;
  readonly re: string;
  readonly im: string;
  readonly zoom: string;
  readonly iterations: number;
  readonly width: number;
  readonly height: number;
  /** n: the first iterate beyond 2; null: it stays. */
  readonly pixels: readonly { x: number; y: number; n: number | null; nu: number | null }[];
}

/** One of the files in test/golden. */
export function readGolden(name: string): Golden[] {
  return JSON.parse(readFileSync(new URL(`../../test/golden/${name}`, import.meta.url), 'utf8'));
}
