/** Which keyframes a frame is assembled from, at which mip level; and in which order a film needs them. */

import { type Camera, depthOf, type Similarity, similarity } from './camera.js';
import type { Cover, Keyframe } from './cover.js';
import { camerasOf } from './exposure.js';
import { levelFor, MARGIN } from './filter.js';
import type { Size } from './footprint.js';
import { STEP } from './levels.js';
import type { FilmPath } from './path.js';
import { atOnce } from './turns.js';

/** A keyframe in a frame. */
export interface Showing {
  /** Index among the keyframes. */
  readonly keyframe: number;
  /** From pixels of the frame to those of the keyframe, as if this had the frame's size and the same top left. */
  readonly to: Similarity;
  /** The mip level. */
  readonly level: number;
}

/** In pixels of a frame: a keyframe that is smaller than this is not looked for in it. */
const SMALLEST = 0.5;

/** A circle around the parts of a keyframe, from the centre of its view: pixels to the right and up. */
interface Circle {
  readonly x: number;
  readonly y: number;
  readonly radius: number;
}

/** For frames of a film. `keyframes`: of the cover, in any order. */
export function showings(
  { levels, grid, keyframes: all }: Cover,
  keyframes: readonly Keyframe[],
  size: Size,
): (frame: Camera) => Showing[] {
  const linkOf = linksOf(all, grid.size.height);
  const byLevel = new Map<number, number[]>();
  for (const [index, { level }] of all.entries()) byLevel.set(level, [...(byLevel.get(level) ?? []), index]);
  const places = new Map(keyframes.map((one, index) => [one, index]));
  const circles = all.map((one) => circleAround(one, grid.size));
  const [moreColumns, moreRows] = [grid.size.width - size.width, grid.size.height - size.height];
  const widest = Math.max(...circles.map(({ radius }) => 2 * radius));
  const deep = Math.ceil(Math.log10(widest / SMALLEST) / STEP);
  const reach = Math.hypot(size.width, size.height) / 2 + MARGIN;
  return (frame) => {
    const coarsest = levels.of(depthOf(frame));
    const found: Showing[] = [];
    const known = new Map<number, Similarity>();
    for (let level = coarsest; level >= Math.max(0, coarsest - deep); level--) {
      for (const index of byLevel.get(level)?.toReversed() ?? []) {
        const one = all[index] as Keyframe;
        const { parent, from } = linkOf(index);
        const seen = known.get(parent);
        const to = seen ? after(seen, from) : similarity(frame, one.camera, size.height, grid.size.height);
        known.set(index, to);
        const keyframe = places.get(one);
        const { x, y, radius } = circles[index] as Circle;
        const near = Math.hypot(x - to.x, y - to.y) < radius + reach * to.scale;
        if (keyframe === undefined || !near || 2 * radius <= SMALLEST * to.scale) continue;
        const moved = { ...to, x: to.x + moreColumns / 2, y: to.y - moreRows / 2 };
        found.push({ keyframe, to: moved, level: levelFor(to.scale, levels.density) });
      }
    }
    return found.reverse();
  };
}

/** What a keyframe is seen through, so that decimals are subtracted once a frame. */
interface Link {
  /** The index of a coarser keyframe; -1: there is none near. */
  readonly parent: number;
  /** From its pixels. */
  readonly from: Similarity;
}

/** Pixels: farther off, too little would be left of a double's precision. */
const FAR = 2 ** 20;

/** By index. `keyframes`: the deepest first. */
function linksOf(keyframes: readonly Keyframe[], height: number): (index: number) => Link {
  const known = new Map<number, Link>();
  function linkOf(index: number): Link {
    const { camera, level } = keyframes[index] as Keyframe;
    let [parent, nearest] = [-1, FAR];
    let from: Similarity = { cos: 1, sin: 0, x: 0, y: 0, scale: 1 };
    let next = index + 1;
    while (keyframes[next]?.level === level) next++;
    for (let k = next; k < keyframes.length && keyframes[k]?.level === keyframes[next]?.level; k++) {
      const seen = similarity((keyframes[k] as Keyframe).camera, camera, height);
      const away = Math.hypot(seen.x, seen.y);
      if (away < nearest) [parent, nearest, from] = [k, away, seen];
    }
    return { parent, from };
  }
  return (index) => {
    const link = known.get(index) ?? linkOf(index);
    known.set(index, link);
    return link;
  };
}

/** One similarity, and then another one. */
function after(first: Similarity, then: Similarity): Similarity {
  return {
    cos: first.cos * then.cos - first.sin * then.sin,
    sin: first.sin * then.cos + first.cos * then.sin,
    x: then.cos * first.x - then.sin * first.y + then.x,
    y: then.sin * first.x + then.cos * first.y + then.y,
    scale: first.scale * then.scale,
  };
}

function circleAround({ parts }: Keyframe, { width, height }: Size): Circle {
  const left = Math.min(...parts.map(({ x }) => x)) - width / 2;
  const right = Math.max(...parts.map((one) => one.x + one.width)) - width / 2;
  const up = height / 2 - Math.min(...parts.map(({ y }) => y));
  const down = height / 2 - Math.max(...parts.map((one) => one.y + one.height));
  return { x: (left + right) / 2, y: (up + down) / 2, radius: Math.hypot(right - left, up - down) / 2 };
}

export interface FilmOrder {
  /** In the order in which frames need them. */
  readonly keyframes: readonly Keyframe[];
  /** By frame: so many of the keyframes are needed until then. */
  readonly needed: readonly number[];
  /** By keyframe and mip level: the last frame that uses it; -1: none. */
  readonly lastUse: readonly (readonly number[])[];
  /** By keyframe: a frame uses a finer mip level than a frame before it. */
  readonly refines: readonly boolean[];
}

export function orderOf(cover: Cover, path: FilmPath, size: Size): FilmOrder {
  return atOnce(ordering(cover, path, size));
}

/** The same, in steps. */
export function* ordering(cover: Cover, path: FilmPath, size: Size): Generator<void, FilmOrder> {
  const showing = showings(cover, cover.keyframes, size);
  const first = cover.keyframes.map(() => Infinity);
  const uses: number[][] = cover.keyframes.map(() => []);
  const coarsest = cover.keyframes.map(() => 0);
  const refines = cover.keyframes.map(() => false);
  const needed = new Array<number>(path.frames);
  let seen = 0;
  for (let frame = 0; frame < path.frames; frame++) {
    yield;
    for (const { keyframe, level } of camerasOf(path, frame).flatMap(showing)) {
      if (level < (coarsest[keyframe] as number)) refines[keyframe] = true;
      coarsest[keyframe] = Math.max(level, coarsest[keyframe] as number);
      if (first[keyframe] === Infinity) {
        first[keyframe] = frame;
        seen++;
      }
      const levels = uses[keyframe] as number[];
      while (levels.length <= level) levels.push(-1);
      levels[level] = frame;
    }
    needed[frame] = seen;
  }
  const order = [...first.keys()]
    .filter((index) => first[index] !== Infinity)
    .sort((a, b) => (first[a] as number) - (first[b] as number) || b - a);
  return {
    keyframes: order.map((index) => cover.keyframes[index] as Keyframe),
    needed,
    lastUse: order.map((index) => uses[index] as number[]),
    refines: order.map((index) => refines[index] as boolean),
  };
}
