/** Frames of a film that stand for all of it. */

/** At most so many of the numbers below a count, in order, with the first and the last. */
export function evenly(count: number, most: number): number[] {
  return [...new Set(Array.from({ length: most }, (_, k) => Math.round((k * (count - 1)) / (most - 1))))];
}

export function some(frames: readonly number[], most: number): readonly number[] {
  return frames.length <= most ? frames : evenly(frames.length, most).map((k) => frames[k] as number);
}

/** Halfway between each frame and the next one. */
export function between(frames: readonly number[]): number[] {
  return frames.slice(1).map((frame, k) => (frame + (frames[k] as number)) >> 1);
}
