/** Random values for any flag of the table, found by its schema: a flag that is added is tested without a change here. */

import fc from 'fast-check';
import { paletteNames } from '../../src/render/palette.js';
import type { Flag } from '../../src/request/flags/flag.js';

const digits = fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: 1, maxLength: 60 });

const PATHS = [
  '{"keyframes":[{"time":"0","zoom":"2"},{"time":"1s","zoom":"1e3","rotate":"45","ease":"smooth"},{"time":"40"}]}',
  '{"bpm":120,"keyframes":[{"time":"1.1.1","xpos":"-1","ypos":"0.1","density":"2"},{"time":"3.2.4","xpos":"0","ypos":"1"}]}',
];

/** Texts among which every flag finds some that it takes. */
const TEXTS = fc.oneof(
  fc.constantFrom('true', 'false', 'auto', '#fff', '102030', '#012,#fa0', '[[0,"#000"],[0.25,"#fff"]]', 'x_%05d.png'),
  fc.constantFrom('2:0 5:1.5', '2G', '500M', '5%', '0.05', 'node01:50051', '[::1]:50051', 'text', 'json', 'libx265'),
  fc.constantFrom('500 + 90*log2(1+zoom)', '500, 1e3: 2000, 1e10: 10000', ...PATHS),
  fc.integer({ min: 1, max: 8 }).map(String),
  fc.integer({ min: 1, max: 1500 }).map(String),
  fc.double({ min: 0.1, max: 1, noNaN: true }).map(String),
  fc.double({ min: -360, max: 360, noNaN: true }).map(String),
  fc.tuple(fc.constantFrom('', '-'), digits).map(([sign, tail]) => `${sign}0.${tail}`),
  fc.tuple(fc.integer({ min: 1, max: 9999 }), fc.integer({ min: -3, max: 900 })).map(([m, e]) => `${m}e${e}`),
);

/** Texts that the flag takes; palettes and encoders are names of some that exist. */
export function valueFor(name: string, flag: Flag): fc.Arbitrary<string> {
  if (flag.value === undefined) return fc.constantFrom('true', 'false');
  if (name === 'palette') return fc.constantFrom(...paletteNames(), '#012,#fa0', '[[0,"#000"],[0.25,"#fff"]]');
  if (Array.isArray(flag.choices)) return fc.constantFrom(...(flag.choices as readonly string[]));
  if (flag.schema.type === 'enum' && 'options' in flag.schema)
    return fc.constantFrom(...(flag.schema.options as string[]));
  const accepts = (text: string) => flag.schema.safeParse(text).success;
  if (!fc.sample(TEXTS, { numRuns: 1_000, seed: 1 }).some(accepts))
    throw new Error(`none of the texts is a value of --${name}: add one to TEXTS`);
  return TEXTS.filter(accepts);
}
