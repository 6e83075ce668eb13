/** `fractal certs`: prints which folders with certificates were made, and what to do with them. */

import { join } from 'node:path';
import { type Certified, type CertsOptions, makeCertificates } from '../src/app/certs.js';
import type { AppEvent } from '../src/app/events.js';

/** Lines of the same kind that are printed. */
const SHOWN = 3;

/** Resolves to the exit code. */
export async function certs(options: CertsOptions): Promise<number> {
  const print = (text: string) => process.stdout.write(`${text}\n`);
  const emit = (event: AppEvent) => {
    if (event.kind !== 'certificate') return;
    const { folder, madeFor, validTo } = event;
    const until = `good until ${validTo.toISOString().slice(0, 10)}`;
    if (madeFor) print(`${folder}: made for ${madeFor.join(', ')}, ${until}`);
    else print(`${folder}: kept, ${until} (--force replaces it)`);
  };
  print(instructions(options, await makeCertificates(options, { emit, signal: new AbortController().signal })));
  return 0;
}

function instructions({ out, hostfile }: CertsOptions, { hosts, leader }: Certified): string {
  const flags = (path: string) =>
    `--tls-cert ${join(path, 'cert.pem')} --tls-key ${join(path, 'key.pem')} --tls-ca ${join(path, 'ca.pem')}`;
  const copies = hosts.slice(0, SHOWN).map(({ host, folder }) => {
    return `  scp -r ${folder} ${host.includes(':') ? `[${host}]` : host}:fractal-certs`;
  });
  const more = hosts.length > SHOWN ? [`  and so on, for all ${hosts.length} hosts`] : [];
  return [
    '',
    'Copy to each host its own folder and nothing else:',
    ...copies,
    ...more,
    'Start the workers there:',
    `  fractal worker --host 0.0.0.0 ${flags('fractal-certs')}`,
    'Start the leader here; to lead from elsewhere, copy its folder, too:',
    `  fractal leader --hostfile ${hostfile} ${flags(leader)}`,
    `Keep ${join(out, 'ca-key.pem')} secret: with it, certificates can be made that may join.`,
  ].join('\n');
}
