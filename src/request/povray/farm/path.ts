/** A sequence as the path of a film: keyframes that declare the variables of a scene, so that there is one way to move them. */

import type { Sequence } from './sequence.js';

/** The JSON of a path (docs/paths.md). */
export function pathOfSequence({ bpm, variables }: Sequence): string {
  const keyframes = new Map<number, Record<string, unknown>>();
  for (const { name, points } of variables) {
    for (const [k, { value, curve, at }] of points.entries()) {
      const ease = curve === 1 ? 'linear' : { curve };
      const isLast = k === points.length - 1;
      keyframes.set(at, { ...keyframes.get(at), [name]: isLast ? value : { value, ease } });
    }
  }
  const inOrder = [...keyframes].sort(([a], [b]) => a - b);
  return JSON.stringify({ bpm, keyframes: inOrder.map(([at, declare]) => ({ time: barsOf(at), declare })) });
}

/** Bars, beats and sixteenths, counted from 1, as paths have them. */
function barsOf(sixteenths: number): string {
  return `${Math.floor(sixteenths / 16) + 1}.${Math.floor((sixteenths % 16) / 4) + 1}.${(sixteenths % 4) + 1}`;
}
