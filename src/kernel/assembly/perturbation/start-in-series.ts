/** Points of a block, where its series ends. */

import { normalize, power2 } from './extended-exponent';
import { updateValue } from './extended-iteration';
import { restoreMarks } from './interior-proof';
import { modulus } from './matrix';
import { rebase, setDerivative, setError, setIndex, start } from './point';
import { evaluate } from './polynomial';
import { Slot } from './slot';

/** A point whose error may be larger, in pixels, does not start there. */
const FARTHEST_OFF: f64 = 9.313225746154785e-10; // 2^-30

/**
 * Starts the point at re + i·im where the series of its block ends, with its derivative; false: it must start
 * from its first iteration, since near a critical point in the block the series is less exact.
 */
export function startInSeries(slot: Slot, re: f64, im: f64): bool {
  const view = slot.view;
  const point = slot.point;
  const series = slot.series;
  const x = (re - series.centreRe) * series.perRadius;
  const y = (im - series.centreIm) * series.perRadius;
  const slope = evaluate(series.slopes, x, y);
  const slopeRe = f64x2.extract_lane(slope, 0);
  const slopeIm = f64x2.extract_lane(slope, 1);
  // The distance of neighbouring points grows as it does here, not as at the centre.
  const error = modulus(slopeRe, slopeIm) * (view.spacing * series.perRadius);
  series.offBy = series.lack / error;
  if (!(series.offBy <= FARTHEST_OFF)) return false;
  start(point, slot.reference, view, 0, 0, 0);
  if (series.end != point.end) rebase(point, slot.reference);
  setIndex(point, series.m, series.n);
  const ur = view.pixelRe * series.perRadius;
  const ui = view.pixelIm * series.perRadius;
  setDerivative(point, slopeRe * ur - slopeIm * ui, slopeRe * ui + slopeIm * ur, 0, 0, series.e);
  setError(point, error, series.e);
  restoreMarks(slot, (error / series.error) * power2(series.e - series.errorE));
  const d = evaluate(series.d, x, y);
  normalize(f64x2.extract_lane(d, 0), f64x2.extract_lane(d, 1), series.e, point.d);
  if (error * power2(series.e) < view.separate) point.together = series.n;
  updateValue(slot);
  return true;
}
