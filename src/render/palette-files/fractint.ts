/**
 * Fractint's colour maps, .map: a colour a line, red, green and blue from 0 to 255, and then anything. Its colours are those of
 * counts one after another, from the first again after the last.
 */

import type { Triple } from '../oklab.js';
import type { Stop } from '../palette.js';
import { badFile, linesOf, quoted, type ReadPalette, rising } from './file.js';

const LEVELS = /^(\d{1,9})[\s,]+(\d{1,9})[\s,]+(\d{1,9})(?![\d.])/;

/** @throws FractalError PALETTE_INVALID, naming the line */
export function readMap(text: string, path: string): ReadPalette {
  const lines = linesOf(text).filter((line) => !/^[;#]/.test(line.text));
  const stops = lines.map((line, i): Stop => {
    const levels = LEVELS.exec(line.text)?.slice(1).map(Number) ?? [];
    if (levels.length < 3 || levels.some((level) => level > 255))
      throw badFile(path, `${quoted(line.text)} does not begin with three levels from 0 to 255`, line.number);
    return { position: i / lines.length, rgb: levels as unknown as Triple };
  });
  return { stops: rising(stops, path), interpolation: 'linear', notes: [] };
}
