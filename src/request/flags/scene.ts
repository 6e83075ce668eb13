/** Flags of `fractal scene` that other commands do not have, or mean differently. */

import type { FlagTable } from './flag.js';
import { byteSize, oneOf, someText, text, whole, yesNo } from './schemas.js';

const SCENE = { group: 'Scene', commands: ['scene', 'submit'] } as const;
/** Those that other commands have in another meaning. */
const HERE = { group: 'Scene', commands: ['scene'] } as const;
const lines = someText('a value').transform((v) => v.split('\n'));

/** As POV-Ray reads it: no exponents beyond two digits. */
const NUMBER = '[+-]?(?:\\d{1,30}(?:\\.\\d{0,30})?|\\.\\d{1,30})(?:[eE][+-]?\\d{1,2})?';
export const DECIMAL = new RegExp(`^${NUMBER}$`);
const CLOCK = new RegExp(`^(${NUMBER})(?::(${NUMBER}))?$`);
const DECLARE = new RegExp(`^([A-Za-z_]\\w{0,39})=(${NUMBER})$`);

export const SCENE_FLAGS = {
  scene: {
    ...HERE,
    value: 'SCENE',
    words: true,
    schema: someText('a folder or a file'),
    describe: 'the scene: a .pov, or a folder with one; --scene may be left out',
  },
  width: {
    ...HERE,
    value: 'PIXELS',
    schema: whole(1, 1 << 16),
    describe: 'width of the picture',
    defaultText: 'that of the .ini, or 800',
  },
  height: {
    ...HERE,
    value: 'PIXELS',
    schema: whole(1, 1 << 16),
    describe: 'height of the picture',
    defaultText: 'that of the .ini, or 3/4 of the width',
  },
  quality: {
    ...SCENE,
    value: 'N',
    schema: whole(0, 11),
    describe: "POV-Ray's quality, as +Q: 0 to 11",
    defaultText: 'that of the .ini, or 9',
  },
  antialias: {
    ...SCENE,
    value: 'THRESHOLD',
    optional: true,
    negatable: true,
    schema: text
      .refine((v) => v === 'true' || v === 'false' || (/^\d(\.\d{1,9})?$/.test(v) && Number(v) <= 3), {
        message: 'a threshold from 0 to 3',
      })
      .transform((v) => (v === 'true' ? 0.3 : v === 'false' ? false : Number(v))),
    describe: 'anti-aliasing, as +A; without THRESHOLD 0.3',
    defaultText: 'that of the .ini, or none',
  },
  clock: {
    ...SCENE,
    value: 'A:B',
    schema: text.regex(CLOCK, { message: 'a number, or two with a colon: 0:1' }).transform((v) => {
      const [, initial = '0', final] = CLOCK.exec(v) ?? [];
      return { initial, ...(final === undefined ? {} : { final }) };
    }),
    describe: 'clock of the first and the last frame; of a picture one number',
    defaultText: 'that of the .ini, or 0; of films 0:1',
  },
  cyclic: {
    ...SCENE,
    schema: yesNo,
    describe: 'the clock of the last frame is one step before B, so that the film can be repeated',
    defaultText: 'that of the .ini',
  },
  declare: {
    ...SCENE,
    value: 'NAME=NUMBER',
    repeatable: true,
    schema: lines
      .refine((all) => all.every((one) => DECLARE.test(one)), { message: 'a variable and a number: size=1.5' })
      .transform((all) =>
        all.map((one) => {
          const [, name = '', value = ''] = DECLARE.exec(one) ?? [];
          return { name, value };
        }),
      ),
    describe: 'a variable that the scene finds declared; may be repeated',
  },
  'povray-option': {
    ...SCENE,
    value: 'OPTION',
    repeatable: true,
    schema: lines,
    describe: 'a switch of POV-Ray about quality, such as --povray-option=+AM2; may be repeated',
  },
  split: {
    ...SCENE,
    value: 'HOW',
    schema: oneOf('auto', 'bands', 'whole'),
    describe:
      'bands: each picture on several workers; whole: on one; auto: bands where they are the same bytes and worth it',
    default: 'auto',
  },
  'band-rows': {
    ...SCENE,
    value: 'ROWS',
    schema: whole(1, 1 << 16),
    describe: 'rows of a band, rounded up to a multiple of 32',
    defaultText: 'by the cost measured so far',
  },
  'all-files': {
    ...SCENE,
    schema: yesNo,
    describe: "send every file of the scene's folder, not only those that the scene names",
  },
  limit: {
    ...SCENE,
    value: 'SECONDS',
    schema: whole(1, 1_000_000),
    describe: 'time limit of one shard',
    default: '3600',
  },
  sandbox: {
    ...HERE,
    schema: yesNo,
    describe: 'with --local: the scene gets nothing but its own files; --no-sandbox: all rights of the user',
    default: 'true',
  },
  'memory-limit': {
    ...SCENE,
    value: 'BYTES',
    schema: byteSize,
    describe: 'memory limit of one shard',
    default: '2G',
  },
} as const satisfies FlagTable;
