/** What a coarse grid of a view shows: the roots of counts, which palettes run along, and how they change from pixel to pixel. */

/** Of the samples that escape, in the order of their roots. */
export interface Seen {
  /** sqrt(nu + 4): see positions.ts. At least one. */
  readonly roots: Float64Array;
  /** The width of the root across a pixel of a picture of 720 rows, in the order of widths. */
  readonly widths: Float64Array;
}

/** Fewer samples that escape say too little. */
const FEWEST = 8;
/** The least range of roots, as a share of their size, within which counts are taken to differ. */
const CONSTANT = 1e-6;

/**
 * undefined: hardly anything escapes, or all in the same way.
 * @param footprint the width of nu across each sample
 * @param pixel the side of a pixel of a picture of 720 rows, in samples of the grid
 */
export function seenOf(nu: Float64Array, footprint: Float64Array, pixel: number): Seen | undefined {
  const roots: number[] = [];
  const widths: number[] = [];
  for (let i = 0; i < nu.length; i++) {
    const v = nu[i] as number;
    if (v === Infinity) continue;
    const root = Math.sqrt(v > -4 ? v + 4 : 0);
    roots.push(root);
    widths.push(root > 0 ? ((footprint[i] as number) * pixel) / (2 * root) : 0);
  }
  if (roots.length < FEWEST) return undefined;
  const seen = { roots: Float64Array.from(roots).sort(), widths: Float64Array.from(widths).sort() };
  return range(seen, 0.9) > CONSTANT * quantile(seen.roots, 0.5) ? seen : undefined;
}

/** `share`: 0 to 1. `sorted`: at least one number. */
export function quantile(sorted: Float64Array, share: number): number {
  const at = share * (sorted.length - 1);
  const k = Math.min(sorted.length - 1, Math.floor(at));
  const value = sorted[k] as number;
  return value + (at - k) * ((sorted[Math.min(k + 1, sorted.length - 1)] as number) - value);
}

/** How far the middle roots are apart that make such a share of all. */
export function range({ roots }: Seen, share: number): number {
  return quantile(roots, (1 + share) / 2) - quantile(roots, (1 - share) / 2);
}
