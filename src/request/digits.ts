/** Whether coordinates have as many digits as their zoom needs: with fewer, another place is shown. */

import { log10, outlineOf, parseDecimal } from '../view/decimal.js';
import type { Request } from './request.js';

/** With zooms of fewer digits, coordinates are often typed by hand and exact as they are. */
const TYPED_DIGITS = 6;

/**
 * A sentence on coordinates that have fewer digits than their zoom; undefined where all have enough. The view is
 * 4 / zoom high, so that as many decimals as the zoom has digits fix the centre to within a part of that height. Zero is exact.
 */
export function digitsMissing({ re, im, zoom, film }: Request): string | undefined {
  const needed = Math.max(decimalsFor(zoom), decimalsFor(film.end.zoom));
  const short = [
    ...lacking('xpos', re, zoom),
    ...lacking('ypos', im, zoom),
    ...lacking(film.end.re === re ? 'xpos' : 'xpos-end', film.end.re, film.end.zoom),
    ...lacking(film.end.im === im ? 'ypos' : 'ypos-end', film.end.im, film.end.zoom),
  ];
  if (short.length === 0) return undefined;
  const given = [...new Set(short)].join(' and ');
  return `this zoom needs ${needed} digits behind the point, ${given}: the intended place may be another one`;
}

/** floor(log10(zoom)), at least 0. */
function decimalsFor(zoom: string): number {
  const d = parseDecimal(zoom);
  return d ? Math.max(0, Math.floor(log10(d))) : 0;
}

function lacking(flag: string, text: string, zoom: string): string[] {
  const outline = outlineOf(text);
  const needed = decimalsFor(zoom);
  if (!outline || outline.magnitude === -Infinity || needed < TYPED_DIGITS || outline.decimals >= needed) return [];
  return [`--${flag} has ${outline.decimals}`];
}
