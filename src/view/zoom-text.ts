/** A zoom for people. */

import { log10, parseDecimal } from './decimal.js';

/** Of decimal text: "1", "24.5", "31200", "1.3e30"; about two digits from 1e6 on, three before. */
export function zoomText(zoom: string): string {
  const parsed = parseDecimal(zoom);
  if (!parsed || parsed.digits <= 0n) return zoom;
  const log = log10(parsed);
  if (log >= -3 && log < 6) return String(Number((10 ** log).toPrecision(3)));
  const exponent = Math.floor(log);
  const mantissa = (10 ** (log - exponent)).toFixed(1);
  return mantissa === '10.0' ? `1.0e${exponent + 1}` : `${mantissa}e${exponent}`;
}
