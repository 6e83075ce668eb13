/** Flags of `fractal certs`. */

import type { FlagTable } from './flag.js';
import { file, someText, whole, yesNo } from './schemas.js';

const group = 'Certificates';
const commands = ['certs'] as const;

export const CERTS_FLAGS = {
  hostfile: {
    group,
    commands,
    value: 'FILE',
    schema: file,
    describe: 'hosts to make certificates for; - reads stdin',
    defaultText: './hostfile',
  },
  out: {
    group,
    commands,
    value: 'FOLDER',
    schema: file,
    describe: 'folder to write to',
    defaultText: './certs',
  },
  days: {
    group,
    commands,
    value: 'N',
    schema: whole(1, 3_650),
    describe: 'days that the certificates are valid',
    default: '365',
  },
  leader: {
    group,
    commands,
    value: 'NAMES',
    schema: someText('a list of names and addresses'),
    describe: 'names and addresses of the leader, separated by commas',
    defaultText: 'those of this machine',
  },
  force: {
    group,
    commands,
    schema: yesNo,
    describe: 'replace certificates that are there already; the CA stays',
  },
} as const satisfies FlagTable;
