/** A keyframe while a cover is made: which of its cells are wanted, and which of these it computes. */

import { type Camera, type Similarity, similarity } from './camera.js';
import type { Size } from './footprint.js';
import type { TouchedCells } from './outline.js';
import { CELL, Region } from './region.js';
import { meet, minus, overlaps, type Spans } from './spans.js';

export interface Draft {
  readonly level: number;
  readonly camera: Camera;
  /** Cells that a film needs: this keyframe has them, or another one. */
  readonly known: Region;
  /** Those that this one has. */
  readonly here: Region;
  /** The nearest level first. */
  readonly others: Other[];
}

/** Another keyframe, as deep or deeper: in its pixels lie those of a draft. */
interface Other {
  readonly known: Region;
  readonly scale: number;
  /** Where pixel 0 of the draft begins. */
  readonly x: number;
  readonly y: number;
}

/** What rounding may be off, in cells. */
const TINY = 1e-7;

/** `drafts`: of deeper levels, and of the same; these look for cells in one another. All have one rotation. */
export function draftAmong(drafts: readonly Draft[], level: number, camera: Camera, view: Size): Draft {
  const draft: Draft = { level, camera, known: new Region(), here: new Region(), others: [] };
  for (const one of drafts) {
    draft.others.unshift(otherOf(draft, one, view));
    if (one.level === level) one.others.unshift(otherOf(one, draft, view));
  }
  return draft;
}

function otherOf(from: Draft, to: Draft, { width, height }: Size): Other {
  const { scale, x, y }: Similarity = similarity(from.camera, to.camera, height);
  return { known: to.known, scale, x: ((1 - scale) * width) / 2 + x, y: ((1 - scale) * height) / 2 - y };
}

/** Cells that are wanted and that no other keyframe has are computed. */
export function want({ known, here, others }: Draft, { top, from, to }: TouchedCells): void {
  for (const [k, left] of from.entries()) {
    const row = top + k;
    const wanted = minus([left, to[k] as number], known.at(row));
    let own = wanted;
    for (let index = 0; index < others.length && own.length > 0; index++) {
      own = minus(own, coveredBy(others[index] as Other, row, own));
    }
    known.add(row, wanted);
    here.add(row, own);
  }
}

/** Cells of a row that lie in cells which another keyframe knows; maybe only those of `asked`. */
function coveredBy(other: Other, row: number, asked: Spans): Spans {
  const { known, scale, y } = other;
  const { left, top, right, bottom } = known.extent;
  const first = Math.floor(y / CELL + row * scale + TINY);
  const last = Math.ceil(y / CELL + (row + 1) * scale - TINY);
  // NaN, or beyond all: far away.
  if (!(first >= top && last <= bottom)) return NONE;
  const reached = overlaps(asked, inside(other, [left, right]));
  let spans = reached ? known.at(first) : NONE;
  for (let k = first + 1; k < last && spans.length > 0; k++) spans = meet(spans, known.at(k));
  return inside(other, spans);
}

const NONE: Spans = [];

/** The cells of a row that lie in some of another keyframe's. */
function inside({ x, scale }: Other, spans: Spans): Spans {
  const found: number[] = [];
  for (let k = 0; k < spans.length; k += 2) {
    const from = Math.ceil(((spans[k] as number) - TINY - x / CELL) / scale);
    const to = Math.floor(((spans[k + 1] as number) + TINY - x / CELL) / scale);
    if (to > from) found.push(from, to);
  }
  return found;
}

/** Whether a deeper keyframe is too small to have a cell of this level. */
export function isTooSmall({ level, known: { extent } }: Draft, seenFrom: number): boolean {
  const side = Math.min(extent.right - extent.left, extent.bottom - extent.top);
  return level < seenFrom && side < 2 ** ((seenFrom - level) / 4);
}
