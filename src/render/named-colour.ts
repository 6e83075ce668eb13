/** A single colour that a user gives. */

import { FractalError } from '../errors.js';
import { type Triple, toLinear } from './oklab.js';
import { parseHex } from './palette.js';

/** Its linear light, 0 to 1. `what`: such as "the interior". @throws FractalError PALETTE_INVALID */
export function linearOfHex(hex: string, what: string): Triple {
  const rgb = parseHex(hex);
  if (!rgb) throw new FractalError('PALETTE_INVALID', `${what} "${hex}" is not a hex colour such as "#000000"`);
  return [toLinear(rgb[0] / 255), toLinear(rgb[1] / 255), toLinear(rgb[2] / 255)];
}
