/**
 * Fractint's colour maps, .map: a colour a line, red, green and blue from 0 to 255, and then anything. Its colours are those of
 * counts one after another, from the first again after the last.
 */

import type { Stop } from '../palette.js';
import { badFile, linesOf, numberOf, quoted, type ReadPalette, rising } from './file.js';

/** @throws FractalError PALETTE_INVALID, naming the line */
export function readMap(text: string, path: string): ReadPalette {
  const lines = linesOf(text).filter((line) => !/^[;#]/.test(line.text));
  const stops = lines.map((line, i): Stop => {
    const [red, green, blue] = line.text.split(/[\s,]+/, 3).map(numberOf) as [number, number, number];
    if (![red, green, blue].every((level) => Number.isInteger(level) && level >= 0 && level <= 255))
      throw badFile(path, `${quoted(line.text)} does not begin with three levels from 0 to 255`, line.number);
    return { position: i / lines.length, rgb: [red, green, blue] };
  });
  return { stops: rising(stops, path), interpolation: 'linear', notes: [] };
}
