/** Colours for the page of the explorer: the tables with which pictures are painted here, so that a shader has the same ones. */

import { type Colours, type Paint, prepare } from '../render/colours.js';
import { lastStop } from '../render/cycle.js';
import type { Mode } from '../render/modes.js';
import { findPalette, olderPaletteNames, paletteNames } from '../render/palette.js';
import { paletteFileOf } from '../render/palette-files/read.js';
import { swatchOf } from '../render/swatches.js';
import { repeatOf, stepOf } from '../render/wave.js';
import { COLOUR_FLAGS } from '../request/flags/colour.js';
import { PATTERN_FLAGS } from '../request/flags/patterns.js';
import { SHAPING_FLAGS } from '../request/metadata.js';
import { importedColours } from '../request/palette-file.js';
import { parseRequest } from '../request/parse.js';
import { invalid, type RawFlags, shorten } from '../request/values.js';
import type { ImportedPalette, PaletteAnswer, PaletteEntry, Palettes } from '../service/explore/palettes.js';

const SWATCH = 64;
const MODES: readonly Mode[] = [0, 1, 2, 3, 4, 5, 6, 7, 8];
/** Entries of a table that is sent: it takes 2 MB. */
const MOST_ENTRIES = 1 << 17;
/** Rows of a picture in which widths of shades and lines are what their flags say. */
const ROWS = 720;

export function explorerPalettes(): Palettes {
  let entries: readonly PaletteEntry[] | undefined;
  return {
    list() {
      entries ??= allEntries();
      return entries;
    },
    table: (flags) => answerOf(coloursOf(flags)),
    imported,
  };
}

function allEntries(): PaletteEntry[] {
  const named = (group: 'palette' | 'gobrot') => (name: string) => {
    return { name, group, flags: { palette: name }, swatch: swatchOf({ palette: name }, SWATCH) };
  };
  const modes = MODES.map((mode) => {
    return {
      ...{ name: `mode ${mode}`, group: 'mode' as const, flags: { 'color-mode': String(mode) } },
      swatch: swatchOf({ mode }, SWATCH),
    };
  });
  return [...paletteNames().map(named('palette')), ...olderPaletteNames().map(named('gobrot')), ...modes];
}

/** @throws FractalError REQUEST_INVALID */
function coloursOf(flags: Readonly<Record<string, string>>): Colours {
  const own: RawFlags = {};
  for (const [name, value] of Object.entries(flags)) {
    if (!SHAPING_FLAGS.has(name)) throw invalid(`"${shorten(name)}" is no flag of a picture: leave it out`);
    if (Object.hasOwn(COLOUR_FLAGS, name) || Object.hasOwn(PATTERN_FLAGS, name)) own[name] = value;
  }
  const { colours } = parseRequest(own);
  if (paletteFileOf(colours.palette))
    throw invalid(
      `--palette "${shorten(colours.palette)}" is a file: send it to /v1/palettes, and give what that answers`,
    );
  if (colours.patterns?.texture) throw invalid('--texture is not drawn in the explorer: leave it out');
  return colours;
}

/** @throws FractalError REQUEST_INVALID, PALETTE_UNKNOWN, PALETTE_INVALID */
function answerOf(colours: Colours): PaletteAnswer {
  requireSmall(colours);
  const { kind, size, linear, hard, interior, lights, shade, patterns } = prepare(colours, ROWS);
  const { density, offset, curve, wave, mode } = colours;
  const drawn = patterns ? { patterns: numbersOf(patterns) } : {};
  // A ramp has neither, and an open table begins at the offset.
  const along = kind === 'ramp' ? { density: 1, offset: 0 } : { density, offset };
  return {
    ...{ kind, size, linear: base64(linear), hard, lights, ...along },
    cycles: mode === 'palette' && wave ? repeatOf(wave).cycles : 1,
    ...(curve && kind === 'cycle' ? { curve } : {}),
    ...(interior ? { interior } : {}),
    ...(shade ? { shade } : {}),
    ...drawn,
  };
}

/** Before the table is made. @throws FractalError REQUEST_INVALID, PALETTE_UNKNOWN, PALETTE_INVALID */
function requireSmall({ mode, palette, step, wave }: Colours): void {
  if (mode !== 'palette' && mode !== 'distance') return;
  const found = findPalette(palette);
  const entries =
    mode === 'distance' ? step / (lastStop(found) || 1) : wave ? stepOf(wave, step) * repeatOf(wave).cycles : step;
  if (entries <= MOST_ENTRIES) return;
  throw invalid(
    `--step ${step} makes a table of ${Math.ceil(entries)} colours, and ${MOST_ENTRIES} are sent: give a smaller one`,
  );
}

function numbersOf({ stripes, decomposition, lines }: NonNullable<Paint['patterns']>): PaletteAnswer['patterns'] & {} {
  return {
    ...(stripes ? { stripes } : {}),
    ...(decomposition ? { decomposition } : {}),
    ...(lines ? { lines } : {}),
  };
}

/** Little-endian on any machine. */
function base64(numbers: Float32Array): string {
  const bytes = Buffer.alloc(4 * numbers.length);
  for (const [i, x] of numbers.entries()) bytes.writeFloatLE(x, 4 * i);
  return bytes.toString('base64');
}

async function imported(name: string, content: Uint8Array): Promise<ImportedPalette> {
  const read = await importedColours(name, content);
  if (!read)
    throw invalid(`"${shorten(name)}" is no file of a palette: .json .map .ugr .gpl .ggr .cpt .kfr, or a picture`);
  return { flags: { ...read.flags, palette: read.palette }, notes: read.notes };
}
