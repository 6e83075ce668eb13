/**
 * Films through the same places share keyframes if these have the same grid, iteration limit and reference orbit. What
 * a film chose is noted in the store; a later film that it suffices for takes it over, whatever its size and its length.
 */

import { depthOf } from '../film/camera.js';
import type { Cover } from '../film/cover.js';
import type { Grid } from '../film/grid.js';
import { deepestOf, orderFor, type Reference, type ReferenceOrder } from '../kernel/perturbation/reference.js';
import { neededOf, type Request } from '../request/request.js';
import { flagsKeptAt, type KeptFlags, noteFlags } from '../store/catalogue.js';
import type { Store } from '../store/store.js';
import { fromLog10 } from '../view/decimal.js';
import { samplesPerPixel } from '../view/view.js';
import { endsOf } from './method.js';

/** What films must have in common to share samples, beside their places. */
export interface KeptGrid {
  readonly grid: Grid;
  readonly iterations: number;
  /** log10 of the zoom from which keyframes are perturbed; Infinity: none is. */
  readonly perturbedFrom: number;
  /** Absent: no keyframe is perturbed. */
  readonly orbit?: Pick<ReferenceOrder, 're' | 'im' | 'bits' | 'radius' | 'extended'>;
}

/** Of the frames of a film. */
interface Range {
  /** Pitches of samples, as log10 of the zoom times the height of a view with one a pixel. */
  readonly shallow: number;
  readonly deep: number;
}

/** By rounding. */
const SAME = 1e-6;

/** The grid, of those that are noted, that has most of the places of a film; undefined: none has any. */
export async function keptGridFor(store: Store, request: Request): Promise<KeptGrid | undefined> {
  const wanted = rangeOf(request);
  const found = (await flagsKeptAt(store, placeOf(request))).flatMap((note) => {
    const { range, ...kept } = parsed(note);
    const shared = Math.min(range.deep, wanted.deep) - Math.max(range.shallow, wanted.shallow);
    const reaches = kept.perturbedFrom === Infinity || range.deep >= wanted.deep - SAME;
    const limit = request.autoIterations || kept.iterations === request.iterations;
    return reaches && limit && shared > -SAME ? [{ kept, shared }] : [];
  });
  return found.sort((a, b) => b.shared - a.shared)[0]?.kept;
}

/**
 * The widest film of a place whose keyframes are kept: its iteration limit, and its zooms as those of frames of the request's
 * size; undefined: none is noted.
 */
export async function widestKept(
  store: Store,
  request: Request,
): Promise<{ readonly from: string; readonly to: string; readonly iterations: number } | undefined> {
  const kept = (await flagsKeptAt(store, placeOf(request))).map(parsed);
  const [widest] = kept.sort((a, b) => spanOf(b.range) - spanOf(a.range));
  if (!widest) return undefined;
  const { range, iterations } = widest;
  const pitch = pitchOf(request);
  return { from: fromLog10(range.shallow - pitch), to: fromLog10(range.deep - pitch), iterations };
}

function spanOf({ shallow, deep }: Range): number {
  return deep - shallow;
}

/** A prepared request. */
interface Noted {
  readonly request: Request;
  readonly reference: Reference | undefined;
  readonly kept?: KeptGrid;
}

/** Notes the grid of a film whose keyframes are going to be kept. */
export async function noteGrid(store: Store, { request, reference, kept }: Noted, cover: Cover): Promise<void> {
  await noteFlags(store, placeOf(request), printed({ ...(kept ?? ownGrid()), range: rangeOf(request) }));

  function ownGrid(): KeptGrid {
    const { iterations, rotation, perturbedFrom = Infinity } = request;
    const { re, im, bits, radius, extended } = orderFor(deepestOf(endsOf(request)));
    return {
      grid: { ...cover.grid, rotation, samples: samplesPerPixel(request.sampling) },
      iterations,
      perturbedFrom: perturbedFrom + Math.log10(cover.levels.density),
      ...(reference ? { orbit: { re, im, bits, radius, extended } } : {}),
    };
  }
}

function rangeOf(request: Request): Range {
  const depths = endsOf(request).map(depthOf);
  const pitch = pitchOf(request);
  return { shallow: Math.min(...depths) + pitch, deep: Math.max(...depths) + pitch };
}

/** That of samples at a zoom of 1. */
function pitchOf({ sampling, height }: Request): number {
  return Math.log10(samplesPerPixel(sampling)) / 2 + Math.log10(height);
}

function placeOf(request: Request) {
  const { re, im } = deepestOf(endsOf(request));
  const { formula, bailout, count, exact, method } = request;
  return { formula: { formula, bailout, count, exact, method, ...neededOf(request) }, re, im, zoom: '1' };
}

function printed({ grid, iterations, perturbedFrom, orbit, range }: KeptGrid & { readonly range: Range }): KeptFlags {
  const { size, zoom, end, whole, rotation = 0, samples = 0 } = grid;
  const numbers = { ...size, rotation, samples, iterations, perturbedFrom, ...range };
  const texts = Object.entries(numbers).map(([name, value]) => [name, String(value)] as const);
  return {
    ...Object.fromEntries(texts),
    zoom,
    end,
    whole: String(whole),
    ...(orbit ? { orbit: JSON.stringify(orbit) } : {}),
  };
}

function parsed(note: KeptFlags): KeptGrid & { readonly range: Range } {
  return {
    grid: {
      size: { width: number(note, 'width'), height: number(note, 'height') },
      zoom: note.zoom as string,
      end: note.end as string,
      whole: note.whole === 'true',
      rotation: number(note, 'rotation'),
      samples: number(note, 'samples'),
    },
    iterations: number(note, 'iterations'),
    perturbedFrom: number(note, 'perturbedFrom'),
    range: {
      shallow: number(note, 'shallow'),
      deep: number(note, 'deep'),
    },
    ...(note.orbit ? { orbit: JSON.parse(note.orbit) } : {}),
  };
}

function number(note: KeptFlags, name: string): number {
  return Number(note[name]);
}
