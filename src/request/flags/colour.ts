/** Flags about how samples are coloured. */

import * as z from 'zod';
import { DEFAULT_COLOURS, LEGACY_STEP } from '../../render/colours.js';
import { curveText, type Knot, knotsOf, MOST_KNOTS } from '../../render/curve.js';
import { INTERIOR_KINDS } from '../../render/interior-colour.js';
import { DEFAULT_WAVE_STRENGTH, MOST_CYCLES } from '../../render/wave.js';
import type { Request } from '../request.js';
import { type FlagTable, RENDERING, SHOWING } from './flag.js';
import { oneOf, real, someText, whole, yesNo } from './schemas.js';
import { SHADING_FLAGS } from './shading.js';

const group = 'Colour';
const shapes = 'presentation';

const MODES = ['palette', 'distance', '0', '1', '2', '3', '4', '5', '6', '7', '8'] as const;

const INTERIOR = new RegExp(`^(${INTERIOR_KINDS.join('|')}|#?([0-9a-fA-F]{3}|[0-9a-fA-F]{6}))$`);

/** The formulas 0 to 8 use no palette, and what belongs to it is not written. */
const usesPalette = ({ colours: { mode } }: Request) => mode === 'palette' || mode === 'distance';

const runsAlongCounts = ({ colours: { mode, legacy } }: Request) => mode === 'palette' && !legacy;

const curve = someText('a curve').transform((value, context): readonly Knot[] => {
  const knots = knotsOf(value);
  if (knots) return knots;
  context.addIssue({ code: 'custom', message: `2 to ${MOST_KNOTS} knots as "2:0 5:1.5", the first numbers rising` });
  return z.NEVER;
});

export const COLOUR_FLAGS = {
  palette: {
    group,
    shapes,
    commands: SHOWING,
    value: 'PALETTE',
    schema: someText('the name of a palette'),
    choices: async () => (await import('../../render/palette.js')).paletteNames(),
    describe: 'a name (see "fractal palettes"), hex colours "#000,#fa0", or a file: .json .map .ugr .ggr .jpg …',
    defaultText: DEFAULT_COLOURS.palette,
    metadata: (request) => (usesPalette(request) ? request.colours.palette.trim() : undefined),
  },
  step: {
    group,
    shapes,
    commands: SHOWING,
    value: 'N',
    schema: whole(1, 1_000_000),
    describe: 'colours in the table of the palette',
    defaultText: `${DEFAULT_COLOURS.step}; ${LEGACY_STEP} if legacy`,
    metadata: (request) => (usesPalette(request) ? String(request.colours.step) : undefined),
  },
  colors: {
    group,
    shapes,
    commands: SHOWING,
    value: 'WAY',
    schema: oneOf('auto', 'fixed', 'found'),
    describe: 'density and offset: auto (they suit what is seen), fixed; found: by auto, as pictures have it',
    defaultText: 'auto; fixed if density or offset is given',
    metadata: (request) =>
      runsAlongCounts(request) && request.colours.mapping !== 'equalize'
        ? (request.colours.mapping ?? 'fixed')
        : undefined,
  },
  equalize: {
    group,
    shapes,
    commands: SHOWING,
    schema: yesNo,
    describe: 'every colour of the palette is as frequent; density: cycles over all counts',
    metadata: ({ colours }) => (colours.mapping === 'equalize' ? 'true' : undefined),
  },
  'color-curve': {
    group,
    shapes,
    commands: SHOWING,
    value: 'KNOTS',
    schema: curve,
    describe: 'cycles by the root of the count, as "2:0 5:1.5", in the place of a straight line',
    metadata: ({ colours }) => (colours.curve ? curveText(colours.curve) : undefined),
  },
  density: {
    group,
    shapes,
    commands: SHOWING,
    value: 'X',
    schema: real(0, 1e6),
    describe: 'how fast colours change with the iteration count; of auto colours so many times',
    defaultText: 'found by auto; else 1',
    metadata: (request) => (usesPalette(request) ? String(request.colours.density) : undefined),
  },
  offset: {
    group,
    shapes,
    commands: SHOWING,
    value: 'X',
    schema: real(-1e6, 1e6),
    describe: 'where on the palette to start, 0 to 1',
    defaultText: 'found by auto; else 0',
    metadata: (request) => (usesPalette(request) ? String(request.colours.offset) : undefined),
  },
  'color-mode': {
    group,
    shapes,
    commands: SHOWING,
    value: 'MODE',
    schema: oneOf(...MODES),
    // zod lists what looks like a number first.
    choices: MODES,
    describe: 'palette, distance (to the set), or one of the formulas 0 to 8',
    default: 'palette',
    metadata: ({ colours }) => String(colours.mode),
  },
  interior: {
    group,
    shapes,
    commands: SHOWING,
    value: 'COLOUR',
    schema: z.string().regex(INTERIOR, { message: 'a hex colour such as #102030, period, multiplier or distance' }),
    choices: INTERIOR_KINDS,
    describe: 'of points that never escape: a hex colour, or period, multiplier or distance of their cycles',
    defaultText: '#000000',
    metadata: ({ colours }) => colours.interior,
  },
  interpolation: {
    group,
    shapes,
    commands: SHOWING,
    value: 'SPACE',
    schema: oneOf('oklab', 'linear', 'cosine'),
    describe: 'between the colours of a palette: oklab, linear, cosine',
    default: 'oklab',
    metadata: (request) => (usesPalette(request) ? request.colours.interpolation : undefined),
  },
  wave: {
    group,
    shapes,
    commands: SHOWING,
    value: 'N',
    schema: real(1 / MOST_CYCLES, 64),
    describe: 'lightness rises and falls N times for each cycle of the palette, such as 7 or 0.25',
    metadata: ({ colours: { wave } }) => (wave ? String(wave.perCycle) : undefined),
  },
  'wave-strength': {
    group,
    shapes,
    commands: SHOWING,
    value: 'S',
    schema: real(0, 1),
    describe: 'how far the lightness of --wave goes, 0 to 1',
    defaultText: String(DEFAULT_WAVE_STRENGTH),
    metadata: ({ colours: { wave } }) => (wave ? String(wave.strength) : undefined),
  },
  'legacy-colors': {
    group,
    // Whole counts are other samples than smooth ones.
    shapes: 'samples',
    commands: SHOWING,
    schema: yesNo,
    describe: 'bands by the whole iteration count, as in older programs',
    metadata: ({ colours }) => String(colours.legacy),
  },
  'palette-filter': {
    group,
    shapes,
    commands: RENDERING,
    schema: yesNo,
    describe: 'the mean of the palette over the counts within a sample, where these differ: no noise',
    defaultText: 'in films from keyframes, with --samples auto',
    metadata: ({ colours: { mode, legacy, filter } }) => (mode === 'palette' && !legacy ? String(filter) : undefined),
  },
  ...SHADING_FLAGS,
} as const satisfies FlagTable;
