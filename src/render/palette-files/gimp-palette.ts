/**
 * GIMP's palettes, .gpl: "GIMP Palette", keys, comments from #, then a colour a line, 0 to 255, and its name. With the key
 * "Channels: RGBA", of Aseprite, a colour has its opacity as a fourth number.
 */

import type { Stop } from '../palette.js';
import { badFile, type Line, linesOf, numberOf, quoted, type ReadPalette, rising } from './file.js';

/** The colours, evenly spaced. @throws FractalError PALETTE_INVALID, naming the line */
export function readGimpPalette(text: string, path: string): ReadPalette {
  const [first, ...rest] = linesOf(text);
  if (first?.text !== 'GIMP Palette') throw badFile(path, 'it does not begin with "GIMP Palette"', first?.number ?? 1);
  const lines = rest.filter((line) => !/^(#|[a-z]+:)/i.test(line.text));
  const stops = lines.map((line, i): Stop => {
    const [red, green, blue] = line.text.split(/\s+/, 3).map(numberOf) as [number, number, number];
    if (![red, green, blue].every((level) => Number.isInteger(level) && level >= 0 && level <= 255))
      throw badFile(path, `${quoted(line.text)} does not begin with three levels from 0 to 255`, line.number);
    return { position: i / lines.length, rgb: [red, green, blue] };
  });
  const clear = rest.some((line) => /^Channels:\s*RGBA$/i.test(line.text)) && lines.some(isClear);
  return { stops: rising(stops, path), notes: clear ? ['not taken: opacity'] : [] };
}

function isClear({ text }: Line): boolean {
  return numberOf(text.split(/\s+/)[3]) < 255;
}
