/** Whether coordinates have as many digits as their zoom needs: with fewer, another place is shown. */

import { outlineOf } from '../view/decimal.js';
import type { Keyframe } from '../view/path/keyframe.js';
import { depthAt, keyframesOf, type Request } from './request.js';

/** With zooms of fewer digits, coordinates are often typed by hand and exact as they are. */
const TYPED_DIGITS = 6;

/** A centre that was given, and the frames that it is in. */
interface Centre {
  readonly coordinates: readonly (readonly [name: string, text: string])[];
  readonly frames: readonly [from: number, to: number];
}

/**
 * A sentence on coordinates that have fewer digits than their zoom, in a film with the first frame of which that is so;
 * undefined where all have enough. The view is 4 / zoom high, so that as many decimals as the zoom has digits fix the
 * centre to within a part of that height. Zero is exact.
 */
export function digitsMissing(request: Request): string | undefined {
  const { frames } = request.film;
  const found = centresOf(request).flatMap(({ coordinates, frames: [from, to] }) => {
    const needed = Math.max(decimalsAt(request, from), decimalsAt(request, to));
    const short = coordinates.filter(([, text]) => decimalsOf(text) < needed);
    if (needed < TYPED_DIGITS || short.length === 0) return [];
    const fewest = Math.min(...short.map(([, text]) => decimalsOf(text)));
    const enough = (frame: number) => decimalsAt(request, frame) <= Math.max(fewest, TYPED_DIGITS - 1);
    return [{ needed, short, from: firstOf(from, to, enough) }];
  });
  if (found.length === 0) return undefined;
  const needed = Math.max(...found.map((one) => one.needed));
  const given = new Set(found.flatMap(({ short }) => short.map(([name, text]) => `${name} has ${decimalsOf(text)}`)));
  const from = frames > 1 ? ` from frame ${Math.min(...found.map((one) => one.from))} on` : '';
  return `this zoom needs ${needed} digits behind the point, ${[...given].join(' and ')}: the intended place may be another one${from}`;
}

/** Each centre of the path, with the frames from its own, or the one where it is left, to the deepest that it is seen from. */
function centresOf(request: Request): Centre[] {
  const last = request.film.frames - 1;
  const given = keyframesOf(request).filter((one): one is CentreKeyframe => one.centre !== undefined);
  return given
    .filter(({ at }) => at <= last || at === 0)
    .map(({ at, centre }, k): Centre => {
      const before = given[k - 1]?.at ?? 0;
      const after = given[k + 1]?.at ?? last;
      const stays = isSame(centre, given[k + 1]?.centre) || given[k + 1] === undefined;
      const deepest = deepestOf(request, at, stays ? Math.min(after, last) : at);
      return { coordinates: namesOf(request, k, centre), frames: [Math.min(before, deepest), deepest] };
    });
}

type CentreKeyframe = Keyframe & Required<Pick<Keyframe, 'centre'>>;

function namesOf({ re, im, film }: Request, k: number, centre: CentreKeyframe['centre']): Centre['coordinates'] {
  if (film.path)
    return [['xpos', centre.re] as const, ['ypos', centre.im] as const].map(([n, text]) => [
      `${n} of ${shown(text)}`,
      text,
    ]);
  const [x, y] = [
    k > 0 && centre.re !== re ? '--xpos-end' : '--xpos',
    k > 0 && centre.im !== im ? '--ypos-end' : '--ypos',
  ];
  return [
    [x, centre.re],
    [y, centre.im],
  ];
}

function shown(text: string): string {
  return text.length > 20 ? `${text.slice(0, 17)}...` : text;
}

function isSame(a: CentreKeyframe['centre'], b: Keyframe['centre']): boolean {
  return a.re === b?.re && a.im === b.im;
}

/** The frame of the largest zoom, of those at keyframes from one time to another. */
function deepestOf(request: Request, from: number, to: number): number {
  const times = keyframesOf(request).map(({ at }) => at);
  return [...times.filter((at) => at > from && at < to), to].reduce(
    (a, b) => (depthAt(request, b) > depthAt(request, a) ? b : a),
    from,
  );
}

/** The first whole number after `from` for which it does not hold, by bisection, as for a zoom that rises; at most `to`. */
function firstOf(from: number, to: number, holds: (frame: number) => boolean): number {
  let [low, high] = [Math.floor(from), Math.ceil(to)];
  if (!holds(low)) return low;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (holds(middle)) low = middle;
    else high = middle;
  }
  return high;
}

/** floor(log10(zoom)), at least 0. */
function decimalsAt(request: Request, frame: number): number {
  return Math.max(0, Math.floor(depthAt(request, frame)));
}

/** Digits behind the point; of zero, and of what is no number, any number. */
function decimalsOf(text: string): number {
  const outline = outlineOf(text);
  return outline && outline.magnitude !== -Infinity ? outline.decimals : Infinity;
}
