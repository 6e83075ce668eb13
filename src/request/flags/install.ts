/** Flags of `fractal install-service`. */

import type { FlagTable } from './flag.js';
import { file, oneOf, someText, text, yesNo } from './schemas.js';

const commands = ['install-service'] as const;
const UNIT = { group: 'Unit', commands } as const;
const FILES = { group: 'Files', commands } as const;

export const INSTALL_FLAGS = {
  role: {
    ...UNIT,
    value: 'ROLE',
    words: true,
    schema: oneOf('worker', 'serve'),
    describe: 'what runs: worker or serve; --role may be left out',
  },
  args: {
    ...UNIT,
    value: 'WORDS',
    schema: someText('options of the command'),
    describe: 'options of fractal worker or fractal serve, one a line; more simply all words behind --',
  },
  name: {
    ...UNIT,
    value: 'NAME',
    schema: text.regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$/, { message: 'a name of letters, digits, ., - and _' }),
    describe: 'name of the unit, so that a machine may have several',
    defaultText: 'fractal-worker or fractal-serve',
  },
  user: { ...UNIT, schema: yesNo, describe: 'a unit of this user instead of one of the machine' },
  account: {
    ...UNIT,
    value: 'USER',
    schema: text.regex(/^[a-z_][a-z0-9_-]{0,31}$/, { message: 'the name of a user' }),
    describe: 'user that the unit of the machine runs as',
    defaultText: 'one of its own, which exists while it runs',
  },
  folder: {
    ...FILES,
    value: 'FOLDER',
    schema: file,
    describe: 'write the unit to this folder',
    defaultText: '/etc/systemd/system; with --user systemd/user in the folder of settings',
  },
  replace: { ...FILES, schema: yesNo, describe: 'replace a unit of that name' },
  uninstall: { ...FILES, schema: yesNo, describe: 'stop and disable the unit, and remove it' },
  'dry-run': { ...FILES, schema: yesNo, describe: 'print the unit; write nothing' },
} as const satisfies FlagTable;
