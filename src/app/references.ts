/**
 * The reference orbits of a job. One serves all views around its point; a film that goes to several deep places has one for
 * each of them.
 */

import { deepestOf, type Reference } from '../kernel/perturbation/reference.js';
import { differenceLog10 } from '../view/decimal.js';
import { depthOf, distanceLog10 } from '../view/path/place.js';
import type { View } from '../view/view.js';

/** log10 of the heights of a view up to which its points are accurate differences from a reference: 2^24 of 2^53. */
const REACH_LOG10 = 7.2;
/** log10 of the height of a view of zoom 1. */
const HEIGHT_LOG10 = Math.log10(4);

type Point = Pick<Reference, 're' | 'im'>;

/**
 * Of these views those at different places, the deepest first. `reach`: log10 of the heights of a view within which it is at
 * the place of a deeper one; by default so far that one orbit serves both.
 */
export function placesOf(views: readonly View[], reach = REACH_LOG10): View[] {
  const places: View[] = [];
  for (let rest = [...views]; rest.length > 0; ) {
    const deepest = deepestOf(rest);
    places.push(deepest);
    rest = rest.filter((view) => apartLog10(view, deepest) > reach);
  }
  return places;
}

/** The first of these orbits whose point a view reaches, or else the nearest one. `references`: at least one. */
export function referenceAround(view: View, references: readonly Reference[]): Reference {
  const within = references.find((one) => references.length === 1 || apartLog10(view, one) <= REACH_LOG10);
  return within ?? references.reduce((a, b) => (apartLog10(view, b) < apartLog10(view, a) ? b : a));
}

/** The orbit that a view needs; undefined: none. */
export function referenceFor(view: View, references: readonly Reference[]): Reference | undefined {
  return view.perturbed && references.length > 0 ? referenceAround(view, references) : undefined;
}

/**
 * Whether the points of a view are accurate differences from an orbit with this point: the longer of both parts of their distance
 * decides.
 */
export function reaches(point: Point, view: View): boolean {
  const apart = Math.max(differenceLog10(point.re, view.re), differenceLog10(point.im, view.im));
  return apart + depthOf(view.zoom) - HEIGHT_LOG10 <= REACH_LOG10;
}

/** How far a point is from the centre of a view, in its heights. */
function apartLog10(view: View, point: Point): number {
  return distanceLog10(view, point) + depthOf(view.zoom) - HEIGHT_LOG10;
}
