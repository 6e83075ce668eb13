/** Flags about lights and shades: what changes the colours of samples. */

import * as z from 'zod';
import { DEFAULT_SHADE, DEFAULT_SLOPE } from '../../render/colours.js';
import { DEFAULT_HIGHLIGHTS, DEFAULT_SECOND } from '../../render/lights.js';
import { type FlagTable, SHOWING } from './flag.js';
import { hexColour, real, strength, whole } from './schemas.js';

const group = 'Colour';
const shapes = 'presentation';

const SHADE = /^distance(?::(#?[0-9a-f]{3}|#?[0-9a-f]{6}))?$/i;

/** 'true' or no value: distance. */
const shadeKind = z
  .string()
  .transform((v) => (v === '' || v === 'true' ? 'distance' : v))
  .refine((v) => SHADE.test(v), { message: 'distance, or distance and a hex colour such as distance:#102030' })
  .transform((v): { readonly colour?: string } => {
    const [, colour] = SHADE.exec(v) ?? [];
    return colour === undefined ? {} : { colour };
  });

export const SHADING_FLAGS = {
  slope: {
    group,
    shapes,
    commands: SHOWING,
    value: 'S',
    optional: true,
    schema: strength(DEFAULT_SLOPE.strength),
    describe: `shade as a surface lit from the side, strength 0 to 1; without S ${DEFAULT_SLOPE.strength}`,
    metadata: ({ colours: { slope } }) => (slope ? String(slope.strength) : undefined),
  },
  'slope-angle': {
    group,
    shapes,
    commands: SHOWING,
    value: 'DEGREES',
    schema: real(-36_000, 36_000),
    describe: 'direction that the light comes from: 0 right, 90 top',
    defaultText: String(DEFAULT_SLOPE.angle),
    metadata: ({ colours: { slope } }) => (slope ? String(slope.angle) : undefined),
  },
  'slope-color': {
    group,
    shapes,
    commands: SHOWING,
    value: 'COLOUR',
    schema: hexColour,
    describe: 'hex colour of the light of --slope',
    defaultText: 'white',
    metadata: ({ colours: { slope } }) => slope?.colour,
  },
  'slope-specular': {
    group,
    shapes,
    commands: SHOWING,
    value: 'S',
    optional: true,
    schema: strength(DEFAULT_HIGHLIGHTS.strength),
    describe: `highlights where the surface faces a light, strength 0 to 1; without S ${DEFAULT_HIGHLIGHTS.strength}`,
    metadata: ({ colours: { slope } }) => (slope?.highlights ? String(slope.highlights.strength) : undefined),
  },
  'slope-shininess': {
    group,
    shapes,
    commands: SHOWING,
    value: 'N',
    schema: whole(1, 1000),
    describe: 'exponent of highlights: the larger, the narrower',
    defaultText: String(DEFAULT_HIGHLIGHTS.shininess),
    metadata: ({ colours: { slope } }) => (slope?.highlights ? String(slope.highlights.shininess) : undefined),
  },
  'slope-second': {
    group,
    shapes,
    commands: SHOWING,
    value: 'S',
    optional: true,
    schema: strength(DEFAULT_SECOND.strength),
    describe: `a second light, which brightens what faces it, strength 0 to 1; without S ${DEFAULT_SECOND.strength}`,
    metadata: ({ colours: { slope } }) => (slope?.second ? String(slope.second.strength) : undefined),
  },
  'slope-second-angle': {
    group,
    shapes,
    commands: SHOWING,
    value: 'DEGREES',
    schema: real(-36_000, 36_000),
    describe: 'direction that the second light comes from',
    defaultText: 'opposite to --slope-angle',
    metadata: ({ colours: { slope } }) => (slope?.second ? String(slope.second.angle) : undefined),
  },
  'slope-second-color': {
    group,
    shapes,
    commands: SHOWING,
    value: 'COLOUR',
    schema: hexColour,
    describe: 'hex colour of the second light',
    defaultText: 'white',
    metadata: ({ colours: { slope } }) => slope?.second?.colour,
  },
  shade: {
    group,
    shapes,
    commands: SHOWING,
    value: 'KIND',
    optional: true,
    schema: shadeKind,
    choices: ['distance'],
    describe: 'distance: darken towards the set; distance:#rrggbb: fade to a colour',
    metadata: ({ colours: { shade } }) =>
      shade && (shade.colour === undefined ? 'distance' : `distance:${shade.colour}`),
  },
  'shade-width': {
    group,
    shapes,
    commands: SHOWING,
    value: 'PIXELS',
    schema: real(0.1, 10_000),
    describe: 'distance from the set at which --shade is half as strong, in a picture of 720 rows',
    defaultText: String(DEFAULT_SHADE.width),
    metadata: ({ colours: { shade } }) => (shade ? String(shade.width) : undefined),
  },
  'shade-strength': {
    group,
    shapes,
    commands: SHOWING,
    value: 'S',
    schema: real(0, 1),
    describe: 'strength of --shade at the set, 0 to 1',
    defaultText: String(DEFAULT_SHADE.strength),
    metadata: ({ colours: { shade } }) => (shade ? String(shade.strength) : undefined),
  },
} as const satisfies FlagTable;
