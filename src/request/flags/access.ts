/** Flags about how leader and worker authenticate one another: the same on both. */

import type { FlagTable } from './flag.js';
import { file } from './schemas.js';

const ACCESS = {
  group: 'Cluster',
  commands: ['leader', 'scene', 'worker', 'serve', 'explore', 'mpi'],
  on: { worker: { group: 'Listening' } },
} as const;

export const ACCESS_FLAGS = {
  'tls-cert': {
    ...ACCESS,
    value: 'FILE',
    schema: file,
    describe: 'own certificate, PEM, for mutual TLS; see "fractal certs"',
  },
  'tls-key': { ...ACCESS, value: 'FILE', schema: file, describe: 'private key of --tls-cert, PEM' },
  'tls-ca': {
    ...ACCESS,
    value: 'FILE',
    schema: file,
    describe: "certificate of the CA that signed the other side's, PEM",
  },
  'token-file': {
    ...ACCESS,
    value: 'FILE',
    schema: file,
    describe: 'file with a secret token, the same for leader and workers; or FRACTAL_TOKEN in the environment',
  },
} as const satisfies FlagTable;
