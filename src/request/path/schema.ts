/** What a path file may hold. Every value is text, as parseJson gives it; names and ranges are those of the flags. */

import * as z from 'zod';
import type { Easing } from '../../view/path/easing.js';
import { COLOUR_FLAGS } from '../flags/colour.js';
import { MAX_EASE_POWER } from '../flags/film.js';
import { oneOf, real, yesNo } from '../flags/schemas.js';
import { VIEW_FLAGS } from '../flags/view.js';
import { DECLARED_NAME } from './declared-name.js';
import { TIMES, timeOf } from './time.js';

const EASES = {
  linear: { kind: 'linear' },
  smooth: { kind: 'smooth', amount: 1 },
  power: { kind: 'power', exponent: 3 },
  hold: { kind: 'hold' },
} as const satisfies Record<string, Easing>;

const EASE_FORMS = `linear, smooth, power, hold, {"power": 1 to ${MAX_EASE_POWER}} or {"smooth": 0 to 1}`;

const ease = z.union(
  [
    oneOf('linear', 'smooth', 'power', 'hold').transform((name): Easing => EASES[name]),
    z
      .strictObject({ power: real(1, MAX_EASE_POWER) })
      .transform(({ power }): Easing => ({ kind: 'power', exponent: power })),
    z.strictObject({ smooth: real(0, 1) }).transform(({ smooth }): Easing => ({ kind: 'smooth', amount: smooth })),
  ],
  { message: EASE_FORMS },
);

const curve = z
  .strictObject({ curve: real(0, 1) })
  .transform((one): Easing => ({ kind: 'curve', exponent: one.curve }));

/** What POV-Ray reads: exponents of two digits. */
const declared = real(-1e99, 1e99);

const declaration = z.union(
  [
    declared.transform((value) => ({ value, ease: undefined })),
    z.strictObject({ value: declared, ease: z.union([ease, curve]).optional() }),
  ],
  {
    message: `a number from -1e99 to 1e99, or {"value": number, "ease": easing} with the easing ${EASE_FORMS.replace(' or ', ', ')} or {"curve": 0 to 1}`,
  },
);

/** Values of the variables of a POV-Ray scene. */
const declare = z.record(z.string().regex(DECLARED_NAME), declaration, {
  message: 'an object of numbers by the names of variables, such as {"height": 1.5}',
});

const time = z.string({ message: TIMES }).transform((text, context) => {
  const found = timeOf(text);
  if (found) return { ...found, text };
  context.addIssue({ code: 'custom', message: TIMES });
  return z.NEVER;
});

const both = (one: string, other: string) => ({
  message: `has one of ${one} and ${other}: give both`,
  // A sentence about the keyframe, not about one of its values.
  params: { whole: true },
});

const keyframe = z
  .strictObject({
    time,
    xpos: VIEW_FLAGS.xpos.schema.optional(),
    ypos: VIEW_FLAGS.ypos.schema.optional(),
    zoom: VIEW_FLAGS.zoom.schema.optional(),
    rotate: VIEW_FLAGS.rotate.schema.optional(),
    'julia-re': VIEW_FLAGS['julia-re'].schema.optional(),
    'julia-im': VIEW_FLAGS['julia-im'].schema.optional(),
    bailout: VIEW_FLAGS.bailout.schema.optional(),
    offset: COLOUR_FLAGS.offset.schema.optional(),
    density: COLOUR_FLAGS.density.schema.optional(),
    'slope-angle': COLOUR_FLAGS['slope-angle'].schema.optional(),
    ease: ease.optional(),
    journey: yesNo.optional(),
    declare: declare.optional(),
  })
  .refine((one) => (one.xpos === undefined) === (one.ypos === undefined), both('xpos', 'ypos'))
  .refine((one) => (one['julia-re'] === undefined) === (one['julia-im'] === undefined), both('julia-re', 'julia-im'));

export type GivenKeyframe = z.output<typeof keyframe>;

export const pathSchema = z.strictObject({
  // For editors.
  $schema: z.string().optional(),
  bpm: real(1, 1000).optional(),
  beats: real(1, 64).optional(),
  keyframes: z
    .array(keyframe, { message: 'a list of keyframes' })
    .min(1, { message: 'a list of at least one keyframe' })
    .max(100_000, { message: 'a list of at most 100000 keyframes' }),
});

export const KEYFRAME_KEYS: ReadonlySet<string> = new Set(Object.keys(keyframe.shape));
export const PATH_KEYS: ReadonlySet<string> = new Set(Object.keys(pathSchema.shape));
