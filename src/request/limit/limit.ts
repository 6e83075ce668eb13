/** The iteration limit of each frame: an expression, or steps by zoom such as `500, 1e3: 2000, 1e10: 10000`. */

import { isZoom, MAX_ITERATIONS } from '../../view/bounds.js';
import { wholeOf } from '../../view/decimal.js';
import { depthOf } from '../../view/path/place.js';
import { ExpressionError, type Moment, parseExpression } from './expression.js';
import { toNumber } from './extended.js';

/** A whole number from 1 to 2^48, or why there is none. */
export type Limit = (moment: Moment) => number | { readonly why: string };

/** Differences of depths that are errors of rounding. */
const SAME_DEPTH = 1e-10;

const known = new Map<string, Limit>();

/** Limits below 1 are 1, others are rounded. @throws ExpressionError */
export function limitOf(text: string): Limit {
  let limit = known.get(text);
  if (!limit) {
    limit = text.includes(':') ? stepsOf(text) : rounded(parseExpression(text));
    known.clear();
    known.set(text, limit);
  }
  return limit;
}

function rounded(expression: ReturnType<typeof parseExpression>): Limit {
  return (moment) => {
    const value = toNumber(expression(moment));
    if (Number.isNaN(value)) return { why: 'not a number' };
    return value > MAX_ITERATIONS ? { why: 'more than 2^48' } : Math.max(1, Math.round(value));
  };
}

/** The limit of the last step whose zoom is reached. */
function stepsOf(text: string): Limit {
  const steps = text.split(',').map((step, k) => {
    const [zoom, count, ...more] = k === 0 && !step.includes(':') ? [undefined, step] : step.split(':');
    const value = wholeOf((count ?? '').trim());
    if (count === undefined || more.length > 0)
      throw new ExpressionError(`the step "${shown(step)}" is not zoom: limit`);
    if (value === undefined || value < 1 || value > MAX_ITERATIONS)
      throw new ExpressionError(`the limit "${shown(count)}" is not a whole number from 1 to 2^48`);
    if (zoom !== undefined && !isZoom(zoom)) throw new ExpressionError(`"${shown(zoom)}" is not a zoom`);
    return { from: zoom === undefined ? -Infinity : depthOf(zoom), value };
  });
  if (steps.some(({ from }, k) => k > 0 && from <= (steps[k - 1]?.from as number)))
    throw new ExpressionError('the zooms of its steps do not rise');
  return ({ depth }) => (steps.findLast(({ from }) => depth >= from - SAME_DEPTH) ?? steps[0])?.value as number;
}

function shown(text: string): string {
  return text.trim().slice(0, 20);
}
