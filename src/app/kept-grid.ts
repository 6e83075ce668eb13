/**
 * Films through the same places share keyframes if these have the same grid, iteration limit and reference orbit. What
 * a film chose is noted in the store; a later film that it suffices for takes it over, whatever its size and its length.
 */

import { type Camera, depthOf } from '../film/camera.js';
import type { Cover } from '../film/cover.js';
import type { Grid } from '../film/grid.js';
import { extremesOf, restsFrom } from '../film/way.js';
import {
  deepestOf,
  isExtended,
  orderFor,
  type Reference,
  type ReferenceOrder,
} from '../kernel/perturbation/reference.js';
import { deformedOf, legsOf, neededOf, type Request } from '../request/request.js';
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
  /** The zoom of the deepest place, and that from which on the way to it stays at its centre. */
  readonly deepest: string;
  readonly restsFrom: string;
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
    const { range, ...noted } = parsed(note);
    const deeper = isExtended({ zoom: range.deepest }) ? undefined : deeperOf(range, wanted);
    const kept = { ...noted, grid: { ...noted.grid, ...(deeper ? { deeper } : {}) } };
    const shared = Math.min(range.deep, wanted.deep) - Math.max(range.shallow, wanted.shallow);
    const reaches = kept.perturbedFrom === Infinity || range.deep >= wanted.deep - SAME;
    const limit = request.autoIterations || kept.iterations === request.iterations;
    return reaches && limit && shared > -SAME ? [{ kept, shared }] : [];
  });
  const round = ({ kept }: (typeof found)[0]) => Number(kept.grid.round);
  return found.sort((a, b) => b.shared - a.shared || round(b) - round(a))[0]?.kept;
}

/** The zoom to which a kept film goes on where one ends that is wanted. */
function deeperOf(kept: Range, wanted: Range): string | undefined {
  const [end, start, own] = [kept.deepest, kept.restsFrom, wanted.deepest].map((zoom) => depthOf({ zoom })) as [
    number,
    number,
    number,
  ];
  // Its samples are at least as dense as those that are wanted.
  const dense = kept.deep - end >= wanted.deep - own - SAME;
  return dense && start <= own + SAME && end > own + SAME ? kept.deepest : undefined;
}

/** A film whose keyframes were kept. */
export interface NotedFilm {
  /** Its zooms, as those of frames of the request's size. */
  readonly from: string;
  readonly to: string;
  readonly iterations: number;
  /** It has the request's iteration limit and all of its zooms. */
  readonly suffices: boolean;
}

/** The widest film of a request's place that is noted. */
export async function widestKept(store: Store, request: Request): Promise<NotedFilm | undefined> {
  const kept = (await flagsKeptAt(store, placeOf(request))).map(parsed);
  const [widest] = kept.sort((a, b) => spanOf(b.range) - spanOf(a.range));
  if (!widest) return undefined;
  const { range, iterations } = widest;
  const [pitch, wanted] = [pitchOf(request), rangeOf(request)];
  const covers = range.shallow - SAME <= wanted.shallow && wanted.deep <= range.deep + SAME;
  return {
    from: fromLog10(range.shallow - pitch),
    to: fromLog10(range.deep - pitch),
    iterations,
    suffices: covers && iterations === request.iterations,
  };
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
    const { iterations, perturbedFrom = Infinity } = request;
    const { re, im, bits, radius, extended } = orderFor(deepestOf(endsOf(request)));
    return {
      grid: { ...cover.grid, samples: samplesPerPixel(request.sampling) },
      iterations,
      perturbedFrom: perturbedFrom + Math.log10(cover.levels.density),
      ...(reference ? { orbit: { re, im, bits, radius, extended } } : {}),
    };
  }
}

function rangeOf(request: Request): Range {
  const more = pitchOf(request);
  const ends = extremes(request);
  const [deep, shallow] = ends.map(depthOf) as [number, number];
  const way = legsOf(request, 0, request.film.frames - 1);
  const [deepest, from] = [ends[0].zoom, restsFrom(way, ends[0])];
  return { deepest, restsFrom: from, shallow: shallow + more, deep: deep + more };
}

/** The deepest and the shallowest place of the film. */
function extremes(request: Request): [Camera, Camera] {
  return extremesOf(legsOf(request, 0, request.film.frames - 1));
}

/** That of samples at a zoom of 1. */
function pitchOf({ sampling, height }: Request): number {
  return Math.log10(samplesPerPixel(sampling)) / 2 + Math.log10(height);
}

function placeOf(request: Request) {
  const [{ re, im }] = extremes(request);
  const { formula, bailout, count, exact, method } = request;
  return {
    formula: { formula, bailout, count, exact, method, ...deformedOf(request), ...neededOf(request) },
    re,
    im,
    zoom: '1',
  };
}

function printed({ grid, iterations, perturbedFrom, orbit, range }: KeptGrid & { readonly range: Range }): KeptFlags {
  const { size, zoom, end, whole, rotation = 0, round = false, samples = 0 } = grid;
  const numbers = { ...size, rotation, samples, iterations, perturbedFrom, ...range };
  const texts = Object.entries(numbers).map(([name, value]) => [name, String(value)] as const);
  return {
    ...Object.fromEntries(texts),
    zoom,
    end,
    whole: String(whole),
    round: String(round),
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
      round: note.round === 'true',
      samples: number(note, 'samples'),
    },
    iterations: number(note, 'iterations'),
    perturbedFrom: number(note, 'perturbedFrom'),
    range: {
      deepest: note.deepest as string,
      restsFrom: note.restsFrom as string,
      shallow: number(note, 'shallow'),
      deep: number(note, 'deep'),
    },
    ...(note.orbit ? { orbit: JSON.parse(note.orbit) } : {}),
  };
}

function number(note: KeptFlags, name: string): number {
  return Number(note[name]);
}
